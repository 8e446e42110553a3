"""The merchant's pages of what is sold together, and of what must be weighed against it: ``pairs`` (with ``picking``, the choice of
products, and the margin ``floor``) and ``publishing`` (a programme beside pairs)."""

from flask import Blueprint

from plugin.offers.admin import floor, pairs, picking, publishing

blueprint = Blueprint("offers_admin", __name__)
for part in (pairs, picking, floor, publishing):
    part.add_to(blueprint)
