"""The merchant's pages of offers (``offers`` with ``goods``, ``previews``, ``past``, ``acting``, ``simulating``, ``bundled``,
``choosing``), of ``pairs`` (with ``picking``), of the margin ``floor`` that all must keep with the ``discounts`` that stand beside it, of
``suggestions`` and what the shop's orders speak for (``proposing``), ``publishing`` (a programme beside them), ``audiences`` (campaigns
and segments) and ``campaigns`` (a campaign's own page)."""

from flask import Blueprint

from plugin.offers.admin import (
    acting,
    audiences,
    bundled,
    campaigns,
    choosing,
    discounts,
    floor,
    goods,
    offers,
    pairs,
    picking,
    proposing,
    publishing,
    simulating,
    suggestions,
)

blueprint = Blueprint("offers_admin", __name__)
for part in (offers, bundled, choosing, acting, simulating, goods, pairs, picking, floor, discounts, suggestions, proposing, publishing,
             audiences, campaigns):
    part.add_to(blueprint)
