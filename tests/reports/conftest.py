"""The desk's fixtures, for what offers bring."""

from tests.desk.conftest import app, desk, double, rival, stage, world

__all__ = ["app", "desk", "double", "rival", "stage", "world"]
