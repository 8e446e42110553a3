"""A Shopify that knows app discounts and metafields alone, goods to offer, and a worker that brings both together."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import TryAgain
from plugin.margin import flows as margin
from plugin.offers import deliveries, flows
from plugin.offers.rules import model
from plugin.outbox import flows as outbox
from plugin.shopify.failures import OutcomeUnknown, UserErrors
from plugin.shops.tables import Shop
from tests.rules.shelf import MUG, TRAY, stocked

NODE = "gid://shopify/DiscountAutomaticNode/"
HOME = "gid://shopify/AppInstallation/5"


@dataclass
class Shopify:
    """``discounts``: what was said of each, by number. ``fields``: metafields by owner and key. ``fail`` the next call "before" or "after"
    its effect; ``refuse`` an operation whenever it is called. ``own``: active discounts of the merchant's, and ours, as they are listed."""

    discounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[tuple[str, str], Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fail: tuple[str, str] | None = None
    refuse: str | None = None
    own: list[dict[str, Any]] = field(default_factory=list)

    def call(self, operation: str, /, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        self.calls.append(operation)
        if operation == self.refuse:
            raise UserErrors(operation, [{"code": "INVALID", "message": "no"}], {})
        fail = self.fail[1] if self.fail and self.fail[0] == operation else None
        self.fail = None if fail else self.fail
        if fail == "before":
            raise OutcomeUnknown("reset")
        answer: dict[str, Any] = getattr(self, operation)(**variables)
        if fail == "after":
            raise OutcomeUnknown("reset")
        return answer

    def discount_app_create(self, discount: dict[str, Any]) -> dict[str, Any]:
        assert discount["functionHandle"] == "tandem-discount" and discount["startsAt"]
        number = str(100 + len(self.calls))
        self.discounts[number] = discount
        self.metafields_set([{"ownerId": NODE + number, **one} for one in discount["metafields"]])
        return {"discountAutomaticAppCreate": {"automaticAppDiscount": {"discountId": NODE + number}}}

    def discount_app_update(self, id: str, discount: dict[str, Any]) -> dict[str, Any]:
        if id.removeprefix(NODE) not in self.discounts:
            raise UserErrors("discount_app_update", [{"code": "INVALID", "message": "Discount does not exist."}], {})
        self.discounts[id.removeprefix(NODE)] |= discount
        self.metafields_set([{"ownerId": id, **one} for one in discount["metafields"]])
        return {}

    def discount_automatic_delete(self, id: str) -> dict[str, Any]:
        if self.discounts.pop(id.removeprefix(NODE), None) is None:
            raise UserErrors("discount_automatic_delete", [{"code": "INVALID", "message": "gone"}], {})
        return {}

    def discounts_by_title(self, query: str) -> dict[str, Any]:
        return {"discountNodes": {"nodes": [{"id": NODE + number, "discount": {"tags": one["tags"]}}
                                            for number, one in self.discounts.items() if one["title"] in query]}}

    def discounts_listed(self, query: str, after: str | None) -> dict[str, Any]:
        """One a page."""
        at = int(after or 0)
        nodes = self.own[at:at + 1] if query == "status:active" else []
        return {"discountNodes": {"nodes": nodes, "pageInfo": {"hasNextPage": bool(nodes) and at + 1 < len(self.own),
                                                               "endCursor": str(at + 1)}}}

    def installation_read(self) -> dict[str, Any]:
        return {"currentAppInstallation": {"id": HOME}}

    def metafields_set(self, metafields: list[dict[str, Any]]) -> dict[str, Any]:
        for one in metafields:
            assert one["type"] == "json" and len(one["value"].encode()) < 10_000
            self.fields[one["ownerId"], one["key"]] = json.loads(one["value"])
        return {}

    def titles(self) -> list[str]:
        """Of the offers that the one discount carries now."""
        [number] = self.discounts
        told: list[str] = self.fields[NODE + number, "config_0"]["s"]
        return told

    def on_pages(self) -> list[str]:
        """Numbers of the offers that the shop's pages may show."""
        return sorted(self.fields[HOME, "offers"]["offers"])


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> Shopify:
    fake = Shopify()
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: fake)
    return fake


@pytest.fixture
def shop(context: Context, north: Shop) -> Iterator[Shop]:
    """A mug for 20.00, a tray for 10.00, a bag for 30.00; each costs 10.00."""
    with context.transaction() as session:
        stocked(session, north)
    yield north
    clock.use(None)


def goods(*products: str) -> model.Goods:
    return model.Goods(products=frozenset(products))


def tiers(title: str = "More mugs", *, product: str = MUG, rate: int = 1000) -> model.Offer:
    """From three on, ``rate`` off each."""
    return model.Offer(UUID(int=0), 1, "tiers", title, goods=goods(product), steps=(model.Step(3, model.Benefit("percent", rate)),),
                       outcome="units")


def kit(title: str = "Mug and tray", rate: int = 2000) -> model.Offer:
    return model.Offer(UUID(int=0), 1, "kit", title, parts=(model.Part(goods(MUG)), model.Part(goods(TRAY))),
                       whole=model.Benefit("percent", rate), outcome="basket")


def published(context: Context, shop: Shop, wish: model.Offer) -> UUID:
    """Saved and switched on."""
    with context.transaction() as session:
        made = flows.save_offer(session, shop.id, replace(wish), currency=shop.currency, now=clock.now(), by="7").id
    publish(context, shop, made)
    return made


def publish(context: Context, shop: Shop, offer_id: UUID) -> None:
    with context.transaction() as session:
        flows.publish_offer(session, shop.id, offer_id, currency=shop.currency, now=clock.now(), by="7")


def set_floor(context: Context, shop: Shop, floor_bp: int) -> None:
    with context.transaction() as session:
        margin.set_floor(session, shop.id, floor_bp=floor_bp, cost_bp=None, now=clock.now())


def deliver(context: Context, *, most: int = 20) -> int:
    """Everything that is due, as a worker does it. Returns how many attempts failed."""
    failed = 0
    for _ in range(most):
        went = attempt(context, "offers_publish", outbox.Terms(100, 60), deliveries.publish_offers)
        if went is None:
            return failed
        failed += not went
    raise AssertionError("It goes on and on.")


def attempt(context: Context, kind: str, terms: outbox.Terms, work: Callable[[Context, Any], None]) -> bool | None:
    """One turn of a worker: whether it went through; None where nothing is due."""
    with context.transaction() as session:
        leases = outbox.lease(session, {kind: terms})
    if not leases:
        return None
    try:
        work(context, leases)
    except TryAgain:
        with context.transaction() as session:
            for lease in leases:
                outbox.postpone(session, lease, seconds=0)
        return False
    return True
