"""The replay's parts: ``lines`` reads the file, ``plan`` decides what will be done, ``stage`` sets out, ``crowd`` and ``till`` do it,
``ending`` waits for the rest, ``checks`` judges, ``position`` remembers."""
