"""Products to pair, a Shopify that knows pairs alone, and a worker that brings both together."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.errors import TryAgain
from plugin.mirror import tables as mirror
from plugin.offers import deliveries, flows, tables
from plugin.offers.flows import Wish
from plugin.outbox import flows as outbox
from plugin.shopify.failures import OutcomeUnknown, UserErrors
from plugin.shops.tables import Shop
from tests.rules.cast import NOON

MUG, TRAY, BAG = "11", "12", "13"
WISH = Wish(MUG, TRAY, 1500)


def stocked(session: Session, shop: Shop, *, cost: int = 1000) -> None:
    """A mug for 20.00, a tray for 10.00, a bag for 30.00; each costs ``cost`` minor units."""
    for product_id, title, price in ((MUG, "Mug", 2000), (TRAY, "Tray", 1000), (BAG, "Bag", 3000)):
        session.add_all([
            mirror.Product(shop_id=shop.id, id=product_id, title=title, handle=title.lower(), status="active", image=None, updated_at=NOON),
            mirror.Variant(shop_id=shop.id, id=f"{product_id}1", product_id=product_id, position=0, title="Default", amount=price,
                           currency=shop.currency, inventory_item_id=f"{product_id}2", stock=5, updated_at=NOON),
            mirror.Cost(shop_id=shop.id, inventory_item_id=f"{product_id}2", amount=cost, currency=shop.currency, updated_at=NOON)])
    session.flush()


@dataclass
class PairsAtShopify:
    """Knows automatic buy-X-get-Y discounts, our installation's metafields, and nothing else.

    ``fail`` the next call "before" or "after" its effect, or with these codes; ``refuse`` an operation whenever it is called.
    """

    discounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    fail: str | list[str] | None = None
    refuse: str | None = None

    def call(self, operation: str, /, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        self.calls.append(operation)
        if operation == self.refuse:
            raise UserErrors(operation, [{"code": "INVALID", "message": "no"}], {})
        fail, self.fail = self.fail, None
        if isinstance(fail, list):
            raise UserErrors(operation, [{"code": code, "message": f"{code}!"} for code in fail], {})
        if fail == "before":
            raise OutcomeUnknown("reset")
        answer: dict[str, Any] = getattr(self, operation)(**variables)
        if fail == "after":
            raise OutcomeUnknown("reset")
        return answer

    def discount_bxgy_create(self, discount: dict[str, Any]) -> dict[str, Any]:
        number = str(100 + len(self.calls))
        self.discounts[number] = {"title": discount["title"], "tags": discount["tags"], "combines": discount["combinesWith"],
                                  "first": set(), "second": set()}
        self._set(number, discount)
        return {"discountAutomaticBxgyCreate": {"automaticDiscountNode": {"id": f"gid://shopify/DiscountAutomaticNode/{number}"}}}

    def discount_bxgy_update(self, id: str, discount: dict[str, Any]) -> dict[str, Any]:
        if id.rpartition("/")[2] not in self.discounts:
            raise UserErrors("discount_bxgy_update", [{"code": "INVALID", "message": "Discount does not exist."}], {})
        self._set(id.rpartition("/")[2], discount)
        return {"discountAutomaticBxgyUpdate": {"automaticDiscountNode": {"id": id}}}

    def discount_automatic_delete(self, id: str) -> dict[str, Any]:
        if self.discounts.pop(id.rpartition("/")[2], None) is None:
            raise UserErrors("discount_automatic_delete", [{"code": "INVALID", "message": "gone"}], {})
        return {}

    def discounts_by_title(self, query: str) -> dict[str, Any]:
        return {"discountNodes": {"nodes": [
            {"id": f"gid://shopify/DiscountAutomaticNode/{number}",
             "discount": {"__typename": "DiscountAutomaticBxgy", "tags": one["tags"]}}
            for number, one in self.discounts.items() if one["title"] in query]}}

    def installation_read(self) -> dict[str, Any]:
        return {"currentAppInstallation": {"id": "gid://shopify/AppInstallation/5"}}

    def metafields_set(self, metafields: list[dict[str, Any]]) -> dict[str, Any]:
        homes = {(one["ownerId"], one["namespace"], one["type"]) for one in metafields}
        assert homes == {("gid://shopify/AppInstallation/5", "tandem", "json")}
        self.shown = {one["key"]: json.loads(one["value"]) for one in metafields}
        return {"metafieldsSet": {"metafields": []}}

    def beside(self, product_id: str) -> list[list[Any]]:
        """What this product's page reads."""
        found: list[list[Any]] = self.shown.get(f"pairs_{int(product_id) % 10}", {}).get(product_id, [])
        return found

    def _set(self, number: str, discount: dict[str, Any]) -> None:
        for side, name in (("first", "customerBuys"), ("second", "customerGets")):
            change = discount[name]["items"]["products"]
            kept = self.discounts[number][side] - set(change.get("productsToRemove", []))
            self.discounts[number][side] = kept | set(change["productsToAdd"])
        self.discounts[number]["rate"] = discount["customerGets"]["value"]["discountOnQuantity"]["effect"]["percentage"]

    def pairs(self) -> list[tuple[set[str], set[str], float]]:
        return [(names(one["first"]), names(one["second"]), one["rate"]) for one in self.discounts.values()]


def names(gids: set[str]) -> set[str]:
    return {gid.rpartition("/")[2] for gid in gids}


def saved(context: Context, shop: Shop, wish: Wish = WISH, pair_id: UUID | None = None) -> UUID:
    with context.transaction() as session:
        return flows.save_pair(session, shop.id, wish, currency=shop.currency, now=clock.now(), pair_id=pair_id).id


def deliver(context: Context) -> int:
    """Everything that is due, as a worker does it. Returns how many attempts failed."""
    failed = 0
    while True:
        with context.transaction() as session:
            leases = outbox.lease(session, {"pair_publish": outbox.Terms(1, 60), "pairs_show": outbox.Terms(50, 60)})
        if not leases:
            return failed
        try:
            (deliveries.publish_pair if leases[0].kind == "pair_publish" else deliveries.show_pairs)(context, leases)
        except TryAgain:
            failed += 1
            with context.transaction() as session:
                outbox.postpone(session, leases[0], seconds=0)


def state(context: Context, shop: Shop, pair_id: UUID) -> tuple[str, str | None]:
    with context.transaction() as session:
        row = tables.pair(session, shop.id, pair_id)
        return row.state, row.external_id
