"""Entry points of workers and of the scheduler. Shallow: three tables say which flow answers which event, delivery or hour."""
