"""Products of a shop, with what they cost."""

from sqlalchemy.orm import Session

from plugin.mirror import tables as mirror
from plugin.shops.tables import Shop
from tests.rules.cast import NOON

MUG, TRAY, BAG = "11", "12", "13"


def stocked(session: Session, shop: Shop, *, cost: int = 1000) -> None:
    """A mug for 20.00, a tray for 10.00, a bag for 30.00; each costs ``cost`` minor units."""
    for product_id, title, price in ((MUG, "Mug", 2000), (TRAY, "Tray", 1000), (BAG, "Bag", 3000)):
        session.add_all([
            mirror.Product(shop_id=shop.id, id=product_id, title=title, handle=title.lower(), status="active", image=None, updated_at=NOON),
            mirror.Variant(shop_id=shop.id, id=f"{product_id}1", product_id=product_id, position=0, title="Default", amount=price,
                           currency=shop.currency, inventory_item_id=f"{product_id}2", stock=5, updated_at=NOON),
            mirror.Cost(shop_id=shop.id, inventory_item_id=f"{product_id}2", amount=cost, currency=shop.currency, updated_at=NOON)])
    session.flush()
