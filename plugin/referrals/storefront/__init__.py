"""What shoppers reach: the landing page (``landing``), an advocate's card (``card``), share and rewards bodies (``bodies``), the page
behind a mail (``me``), the customer terms (``terms``)."""

from flask import Blueprint

from plugin.referrals.storefront import bodies, card, landing, me, terms

blueprint = Blueprint("referrals", __name__)
for part in (landing, card, bodies, me, terms):
    part.add_to(blueprint)
