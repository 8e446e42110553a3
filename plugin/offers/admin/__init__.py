"""The merchant's pages of what is sold together, and of what must be weighed against it: ``pairs`` (with the margin floor) and
``publishing`` (a programme beside pairs)."""

from flask import Blueprint

from plugin.offers.admin import pairs, publishing

blueprint = Blueprint("offers_admin", __name__)
for part in (pairs, publishing):
    part.add_to(blueprint)
