"""The steps behind ``./run``. Standard library only: they run before anything is installed."""
