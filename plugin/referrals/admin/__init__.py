"""The merchant's pages of the customer programme: ``programmes`` (rules, preview, versions) and ``advocates`` (who shares)."""

from flask import Blueprint

from plugin.referrals.admin import advocates, programmes

blueprint = Blueprint("programmes", __name__)
for part in (programmes, advocates):
    part.add_to(blueprint)
