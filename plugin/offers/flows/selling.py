"""What an order says of the offers, written down whenever it is settled, so that reports add up rows and each figure has its rows."""

from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.experiments import flows as experiments
from plugin.experiments.rules import ATTRIBUTE
from plugin.mirror.rules import Order
from plugin.offers.flows.dividing import divided
from plugin.offers.rules.sold import Sale, concerns, sales
from plugin.offers.tables.sales import OfferSale, known_at, numbers, sales_of, shares_at


def note_sales(session: Session, shop_id: ShopId, order: Order, now: datetime) -> None:
    """Bring the rows of an order in line with it: whatever came, in whatever order, they say what the order now says."""
    if concerns(order):
        ids = numbers(session, shop_id)
        known = divided(session, shop_id, order, known_at(session, shop_id, order.created_at), now)
        wanted = {(one.line_id, ids[one.offer]): one for one in sales(order, known)}
        for row in sales_of(session, shop_id, order.id):
            sale = wanted.pop((row.line_id, row.offer_id), None)
            if sale is None:
                session.delete(row)
            else:
                _say(row, sale)
        for (line_id, offer_id), sale in wanted.items():
            row = OfferSale(shop_id=shop_id, id=new_id(), order_id=order.id, line_id=line_id, offer_id=offer_id,
                            ordered_at=order.created_at, currency=order.currency)
            session.add(_say(row, sale))
        session.flush()
    if any(name.startswith(ATTRIBUTE) for name in order.attributes):
        experiments.note_order(session, shop_id, order, shares_at(session, shop_id, order.created_at))


def _say(row: OfferSale, sale: Sale) -> OfferSale:
    row.placement, row.variant_id = sale.placement, sale.variant_id
    row.bought, row.kept, row.caused, row.discount, row.beside = sale.bought, sale.kept, sale.caused, sale.discount, sale.beside
    return row
