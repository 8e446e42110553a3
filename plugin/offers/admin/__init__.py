"""The merchant's pages of what is sold together, and of what must be weighed against it: ``publishing`` (a programme beside pairs)."""

from flask import Blueprint

from plugin.offers.admin import publishing

blueprint = Blueprint("offers_admin", __name__)
for part in (publishing,):
    part.add_to(blueprint)
