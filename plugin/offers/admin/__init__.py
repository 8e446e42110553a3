"""The merchant's pages of offers (``offers`` with ``goods``, ``previews``, ``past``, ``acting`` and ``simulating``), of ``pairs`` (with
``picking``), of the margin ``floor`` that all must keep, and ``publishing`` (a programme beside them)."""

from flask import Blueprint

from plugin.offers.admin import acting, floor, goods, offers, pairs, picking, publishing, simulating

blueprint = Blueprint("offers_admin", __name__)
for part in (offers, acting, simulating, goods, pairs, picking, floor, publishing):
    part.add_to(blueprint)
