"""What shoppers reach: the landing page (``landing``), share and rewards bodies (``bodies``), the page behind a mail (``me``)."""

from flask import Blueprint

from plugin.referrals.storefront import bodies, landing, me

blueprint = Blueprint("referrals", __name__)
for part in (landing, bodies, me):
    part.add_to(blueprint)
