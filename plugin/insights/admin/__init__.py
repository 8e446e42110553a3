"""Pages that look over everything: ``home``, ``referrals`` with their trace, ``books`` and ``letters`` (what leaves, what gave up)."""

from flask import Blueprint

from plugin.insights.admin import books, home, letters, referrals

blueprint = Blueprint("insights", __name__)
for part in (home, referrals, books, letters):
    part.add_to(blueprint)
