"""Every order of the shop, with what it came to."""

from flask import Blueprint
from sqlalchemy.orm import Session

from plugin.desk.screen import list_page
from plugin.insights.orders import ORDERS, paid
from plugin.insights.telling import TONES
from plugin.messaging.naming import called
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import locale_of


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(ORDERS.path)(orders)


@embedded
def orders(shop: Shop, session: Session) -> str:
    locale = locale_of(shop)
    return list_page("insights/orders.html", shop, session, ORDERS, tones=TONES, called=lambda person: called(person, locale),
                     paid=lambda financial: paid(financial, locale))
