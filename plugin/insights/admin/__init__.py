"""Pages that look over everything: ``home`` with its ``guide``, the ``kit``, the lists (``referrals`` with an order's story, ``orders``,
``rewards``, ``letters``), what they can do (``acting``), ``books``, whether it pays: ``planner``, ``readiness``, ``baseline``, and what
offers bring: ``reports``."""

from flask import Blueprint

from plugin.insights.admin import (
    acting,
    baseline,
    books,
    guide,
    home,
    kit,
    letters,
    orders,
    planner,
    plans,
    readiness,
    referrals,
    reports,
    rewards,
)

blueprint = Blueprint("insights", __name__)
for part in (home, guide, kit, referrals, orders, rewards, books, letters, acting, planner, plans, readiness, baseline, reports):
    part.add_to(blueprint)
