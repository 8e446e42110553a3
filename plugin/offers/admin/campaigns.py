"""The page of a campaign: what its link opens, what visitors see there now, how many came, and who changed it."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import campaigns
from plugin.attribution.campaigns import Campaign, CampaignChange, Said
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers.admin import past
from plugin.offers.admin.audiences import LIST, list_page
from plugin.offers.admin.typed import Form
from plugin.offers.flows import publishing, welcoming
from plugin.offers.flows.welcoming import Reserved
from plugin.offers.storefront.perks import said
from plugin.referrals.storefront.asking import storefront_of
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import locale_of, moved, page, translator
from plugin.web.state import staff

CAMPAIGNS = f"{LIST}/campaigns"
COUNTED = timedelta(days=30)
FIELDS = ("name", "public_name", "opens", "code")
AT = {"prefix": "code", "full": "name"}
"""The field of each reason for which a campaign is refused, where it is not called like the reason."""


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(CAMPAIGNS, endpoint="campaign_make")(make)
    blueprint.get(f"{CAMPAIGNS}/<uuid:campaign_id>", endpoint="campaign_edit")(edit)
    blueprint.post(f"{CAMPAIGNS}/<uuid:campaign_id>", endpoint="campaign_save")(save)
    blueprint.post(f"{CAMPAIGNS}/<uuid:campaign_id>/stop", endpoint="campaign_stop")(stop)
    blueprint.post(f"{CAMPAIGNS}/<uuid:campaign_id>/resumption", endpoint="campaign_resume")(resume)


@embedded
def make(shop: Shop, session: Session) -> ResponseReturnValue:
    typed = _typed()
    try:
        campaigns.make(session, ShopId(shop.id), Said(typed["name"], typed["public_name"]), code=typed["code"], now=clock.now(), by=staff())
    except Refused as refused:
        return list_page(session, shop, _wrong(typed, refused)), 422
    return moved(LIST, said="campaign")


@embedded
def edit(shop: Shop, session: Session, campaign_id: UUID) -> str:
    row = campaigns.campaign(session, ShopId(shop.id), campaign_id)
    values = {"name": row.name, "public_name": row.public_name, "opens": row.opens}
    return _page(session, shop, row, Form(values=values, errors={}))


@embedded
def save(shop: Shop, session: Session, campaign_id: UUID) -> ResponseReturnValue:
    typed, row = _typed(), campaigns.campaign(session, ShopId(shop.id), campaign_id)
    try:
        campaigns.change(session, ShopId(shop.id), campaign_id, Said(typed["name"], typed["public_name"], typed["opens"]), now=clock.now(),
                         by=staff())
    except Refused as refused:
        return _page(session, shop, row, _wrong(typed, refused)), 422
    return moved(LIST, said="saved")


@embedded
def stop(shop: Shop, session: Session, campaign_id: UUID) -> ResponseReturnValue:
    campaigns.stop(session, ShopId(shop.id), campaign_id, now=clock.now(), by=staff())
    publishing.guard_again(session, ShopId(shop.id), clock.now())
    return moved(LIST, said="stopped")


@embedded
def resume(shop: Shop, session: Session, campaign_id: UUID) -> ResponseReturnValue:
    campaigns.go_on(session, ShopId(shop.id), campaign_id, now=clock.now(), by=staff())
    publishing.guard_again(session, ShopId(shop.id), clock.now())
    return moved(LIST, said="going")


def _typed() -> dict[str, str]:
    return {name: told if is_text(told := request.form.get(name, "")) else "" for name in FIELDS}


def _wrong(typed: dict[str, str], refused: Refused) -> Form:
    return Form(values=dict(typed), errors={AT.get(refused.reason, refused.reason): words(refused.key)})


def _page(session: Session, shop: Shop, row: Campaign, form: Form) -> str:
    say, shop_id = translator(shop), ShopId(shop.id)
    told = [(say(f"campaigns.did_{one.kind}"), one.at, past.who(shop, one.staff), _words(shop, one))
            for one in campaigns.changes(session, shop_id, row.id)]
    visits, taken = campaigns.followed(session, shop_id, row.id, since=clock.now() - COUNTED)
    shown = welcoming.reserved(session, shop_id, row) if row.state == "active" and row.opens == "landing" else Reserved()
    return page("offers/campaign.html", shop=shop, form=form, campaign=row, past=told, visits=visits, taken=taken,
                opens=[(one, say(f"campaigns.opens_{one}")) for one in ("landing", "shop")], storefront=storefront_of(shop),
                bundles=shown.bundles, perks=[said(locale_of(shop), one) for one in shown.perks])


def _words(shop: Shop, one: CampaignChange) -> str:
    return " · ".join(filter(None, (one.name, one.public_name, translator(shop)(f"campaigns.opens_{one.opens}"))))
