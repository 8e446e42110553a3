"""Referrals: the list, and the whole story of one order."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

from plugin.insights import referrals, telling
from plugin.insights.telling import Teller
from plugin.insights.walk import walk
from plugin.money import Money
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import here, locale_of, page

LIST = "/app/referrals"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(referred)
    blueprint.get(f"{LIST}/<order_id>")(shown)


@embedded
def referred(shop: Shop, session: Session) -> str:
    """Newest first, a page at a time, of one verdict or of all but "nobody brought it"."""
    verdict, locale = request.args.get("verdict", ""), locale_of(shop)
    chosen = (verdict,) if verdict in referrals.VERDICTS else referrals.REFERRED
    rows = referrals.referrals(session, shop.id, verdicts=chosen, start=referrals.after(request.args.get("after", "")))
    end = referrals.After(rows[-1].decision.ordered_at, rows[-1].decision.order_id).text() if len(rows) == referrals.PAGE else None
    kept = {"verdict": verdict} if verdict in referrals.VERDICTS else {}
    return page("insights/referrals.html", shop=shop, rows=rows, verdict=kept.get("verdict", ""), tones=telling.TONES,
                called=lambda person: telling.called(person, locale), why=lambda reward: telling.why(reward, locale),
                following=here(LIST, **kept, after=end) if end else None)


@embedded
def shown(shop: Shop, session: Session, order_id: str) -> str:
    told, locale = walk(session, shop.id, order_id), locale_of(shop)
    teller = Teller(locale, shop.timezone, told.order.currency, telling.called(told.advocate, locale))
    return page("insights/walk.html", shop=shop, walk=told, teller=teller, path=telling.path(told, teller), tones=telling.TONES,
                worth=telling.worth, why=lambda reward: telling.why(reward, locale), entries=told.entries, following=None, money_of=Money,
                names={told.order.id: told.order.name}, discounts=telling.discounts(told.order))
