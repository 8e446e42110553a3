"""The guide through the first ten minutes, on the home page until the merchant puts it away."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.insights import guide
from plugin.insights.proposal import proposal
from plugin.insights.rules.proposal import Proposal, Reason
from plugin.messaging import texts
from plugin.referrals.sharing import PROXY
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import fragment, locale_of, moved, page, translator
from plugin.web.state import current_context, staff

EDITOR = "shopify://admin/themes/current/editor"
CHECKOUT = "shopify://admin/settings/checkout/editor?page=thank-you&context=apps"
HOME, GUIDE = "/app", "/app/guide"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(GUIDE)(alone)
    blueprint.get(f"{GUIDE}/proposal")(proposed)
    blueprint.post(f"{GUIDE}/places")(note_places)
    blueprint.post(f"{GUIDE}/dismissal")(dismiss_guide)
    blueprint.post(f"{GUIDE}/return")(show_guide)
    blueprint.post(f"{GUIDE}/proposal")(take_proposal)
    blueprint.post(f"{GUIDE}/test")(begin_test)


def told(session: Session, shop: Shop) -> dict[str, Any]:
    """What the guide's template wants."""
    return {"guide": guide.standing(session, shop.id, clock.now()), "editors": _editors(), "storefront": _storefront(shop),
            "proxy": PROXY}


@embedded
def alone(shop: Shop, session: Session) -> str:
    """The guide alone: asked for again while a test referral is under way."""
    return fragment("insights/guide.html", shop=shop, **told(session, shop))


@embedded
def note_places(shop: Shop, session: Session) -> str:
    """What App Bridge says of our blocks; the answer is the guide as it stands with it."""
    guide.note_places(session, shop.id, request.form.get("places", "")[:1000].split(), clock.now())
    return fragment("insights/guide.html", shop=shop, **told(session, shop))


@embedded
def dismiss_guide(shop: Shop, session: Session) -> ResponseReturnValue:
    guide.dismiss(session, shop.id, clock.now())
    return moved(HOME)


@embedded
def show_guide(shop: Shop, session: Session) -> ResponseReturnValue:
    guide.bring_back(session, shop.id)
    return moved(HOME)


@embedded
def proposed(shop: Shop, session: Session) -> str:
    """A programme from the shop's own orders, with its reasons, before anything is written."""
    found = proposal(session, shop.id, shop.currency, clock.now()) if shop.currency else None
    return page("insights/proposal.html", shop=shop, proposal=found, facts=_facts(shop, found) if found else [],
                reasons=[_reason(shop, reason) for reason in found.reasons] if found else [])


@embedded
def take_proposal(shop: Shop, session: Session) -> ResponseReturnValue:
    """It becomes a draft, which the programme's page shows ready to be published."""
    name = translator(shop)("programmes.suggested_name", shop=(shop.name or shop.domain)[:40])
    made = guide.draft(session, shop.id, name, currency=shop.currency, now=clock.now(), by=staff())
    return moved(f"/app/programmes/{made.id}")


@embedded
def begin_test(shop: Shop, session: Session) -> ResponseReturnValue:
    guide.try_out(session, shop.id, clock.now())
    return moved(HOME)


def _facts(shop: Shop, proposed: Proposal) -> list[tuple[str, str]]:
    """What both sides get, and what that costs."""
    t, locale = translator(shop), locale_of(shop)
    friend = texts.reward(locale, "percentage", basis_points=proposed.friend_bp)
    told = [(t("guide.proposal_friend"), friend), (t("guide.proposal_advocate"), texts.reward(locale, "store_credit" if
             proposed.advocate_kind == "store_credit" else "fixed", amount=proposed.advocate)),
            (t("guide.proposal_hold"), t("guide.proposal_days", count=proposed.hold_days))]
    if proposed.basis == "orders":
        told.append((t("guide.proposal_cost"), t("guide.proposal_cost_of", cost=proposed.cost)))
    return told


def _reason(shop: Shop, reason: Reason) -> str:
    return translator(shop)(f"guide.why_{reason.name}", **reason.values)


def _storefront(shop: Shop) -> str:
    return shop.storefront_url or f"https://{shop.domain}"


def _editors() -> dict[str, str]:
    """Where each step of the theme and of the checkout is done."""
    key = current_context().settings.shopify_api_key
    return {"embed": f"{EDITOR}?context=apps&activateAppId={key}/{guide.EMBED}",
            "block": f"{EDITOR}?template=index&addAppBlockId={key}/{guide.BLOCK}&target=newAppsSection", "thanks": CHECKOUT}
