"""The desk's fixtures, for the pages that say whether it pays."""

from tests.desk.conftest import app, desk, double, rival, stage, world

__all__ = ["app", "desk", "double", "rival", "stage", "world"]
