"""The merchant's pages of the customer programme: ``programmes`` (rules and preview), ``acting`` (its buttons), ``past`` (its history) and
``advocates`` (who shares)."""

from flask import Blueprint

from plugin.referrals.admin import acting, advocates, past, programmes

blueprint = Blueprint("programmes", __name__)
for part in (programmes, acting, past, advocates):
    part.add_to(blueprint)
