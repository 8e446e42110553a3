"""The way out of mail: a page that asks, and a POST that does it, also in one click from the mail program (RFC 8058)."""

from functools import partial
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.messaging.deliveries import UNSUBSCRIBE
from plugin.messaging.texts import say
from plugin.people import flows as people
from plugin.people.tables import Person
from plugin.people.tables import get as get_person
from plugin.shops import tables as shops
from plugin.web.guards import public
from plugin.web.signing import Signer
from plugin.web.speaking import visitors
from plugin.web.state import current_context

blueprint = Blueprint("messaging", __name__)


@blueprint.get("/mail/unsubscribe")
@public("the link is signed for one person")
def ask(session: Session) -> str:
    """Shows, and changes nothing: mail programs open links by themselves."""
    return _page(session, *_meant(session), done=False)


@blueprint.post("/mail/unsubscribe")
@public("the link is signed for one person")
def unsubscribe(session: Session) -> str:
    shop_id, person = _meant(session)
    people.unsubscribe(session, shop_id, person.id)
    return _page(session, shop_id, person, done=True)


def _meant(session: Session) -> tuple[ShopId, Person]:
    """Whom the link is about. Raises Refused for a link that we did not sign, NotFound for somebody who is gone."""
    payload = Signer(current_context().settings).read(UNSUBSCRIBE, request.args.get("token", ""), max_age=None)
    shop_id = ShopId(UUID(payload["shop"]))
    return shop_id, get_person(session, shop_id, UUID(payload["person"]))


def _page(session: Session, shop_id: ShopId, person: Person, *, done: bool) -> str:
    shop = shops.get(session, shop_id)
    locale = visitors(shop.locale, known=person.locale)
    return render_template("public/unsubscribe.html", t=partial(say, locale), locale=locale, done=done, shop_name=shop.name,
                           action=request.full_path)
