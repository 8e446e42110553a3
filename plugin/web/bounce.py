"""The bounce page: one script of App Bridge, which fetches an ID token and goes back to where the merchant wanted to be."""

import re

from flask import Blueprint, render_template, request

from plugin.errors import Refused
from plugin.shopify.verify import shop_domain
from plugin.web.errors import spoken, words
from plugin.web.guards import bare
from plugin.web.headers import frame_for
from plugin.web.shell import app_bridge
from plugin.web.state import current_context

blueprint = Blueprint("bounce", __name__, template_folder="templates")
_BACK = re.compile(r"/app(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*/?(\?[\x21-\x7e]*)?")


@blueprint.get("/bounce")
@bare("shows nothing of anybody; App Bridge brings the token")
def bounce() -> str:
    if not _BACK.fullmatch(request.args.get("shopify-reload", "")):
        raise Refused("input", "Open Tandem from the list of apps in your Shopify admin.", key="errors.open_from_admin")
    frame_for(_shop_or_none())
    settings = current_context().settings
    return render_template("web/bounce.html", api_key=settings.shopify_api_key, app_bridge=app_bridge(settings), **spoken(),
                           no_script=words("errors.no_script"))


def _shop_or_none() -> str | None:
    """Unproven, and good for one thing only: who may frame this empty page."""
    try:
        return shop_domain(request.args.get("shop"))
    except Refused:
        return None
