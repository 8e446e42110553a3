"""One stack for all journeys: North, whose programme runs and where everything has happened that a page can show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from devstore.demo.cast import Merchant, Shopper
from devstore.demo.launch import launched
from devstore.demo.pairing import PAIR, is_shown, pair
from devstore.demo.story import PROGRAMME, id_after
from plugin.offers.rules.filling import suggested
from tests.walk.conftest import Stage, browser, publish, until, visitor

__all__ = ["browser", "visitor"]  # fixtures
DAYS_15 = 15 * 86_400
OFFER = suggested("tiers", "Zirkel") | {"kind": "tiers"}
RULES = PROGRAMME | {"name": "Zirkel"}  # a name that no catalogue has, so that it is not taken for a word of one


@dataclass(frozen=True)
class World:
    """What happened in North, by what its pages have in their addresses. ``link`` is Alice's."""

    stage: Stage
    link: str
    order: str
    programme: str
    advocate: str
    offer: str
    segment: str
    campaign: str
    bulk: str

    def paths(self) -> dict[str, str]:
        """Values for the placeholders of our routes."""
        return {"programme_id": self.programme, "advocate_id": self.advocate, "order_id": self.order,
                "offer_id": self.offer, "segment_id": self.segment, "campaign_id": self.campaign, "kind": "tiers", "bulk_id": self.bulk}


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with launched(tmp_path_factory.mktemp("journeys") / "demo") as (place, crew):
        yield Stage(place, {"north": publish(place, "north", RULES)})
        crew.check()


@pytest.fixture(scope="package")
def world(stage: Stage) -> World:
    return _played(stage)


def _played(stage: Stage) -> World:
    """Bob bought with Alice's code; Eve and Finn share a house, so his order waits for a word; Alice's reward
    came by mail, and Bob asked for his data."""
    merchant = Merchant(stage.place)
    until("the products are mirrored", lambda: pair(merchant))
    until("the store shows the pair", lambda: is_shown(merchant))
    offer = id_after("/offers/", merchant.send("/app/offers", OFFER))
    merchant.send("/app/audiences/segments", {"name": "Often here", "test_0": "orders_least", "value_0": "3"})
    merchant.send("/app/audiences/campaigns", {"name": "Podcast", "public_name": "The Kitchen Hour"})
    segment, campaign = (_found(merchant.open("/app/audiences"), f"/app/audiences/{one}/") for one in ("segments", "campaigns"))
    link, order = referral(stage, "Alice", "Bob")
    _, held = referral(stage, "Eve", "Finn")
    customer = stage.control(f"orders/{order}")["customer_id"]
    stage.control("compliance", {"shop": "north", "topic": "customers/data_request", "customer_id": str(customer)})
    until("the case is open", lambda: f"/app/cases/{held}/release" in merchant.open("/app/cases") or None)
    until("the order is decided", lambda: "attributed" in merchant.open(f"/app/referrals?verdict=attributed&q={order}") or None)
    advocate, suspect = (_found(merchant.open(f"/app/advocates?q={name}@world.example"), "/app/advocates/") for name in ("alice", "eve"))
    stage.control("clock", {"advance": DAYS_15})
    until("the mail", lambda: [one for one in stage.control("mail")["mail"] if "alice@world.example" in one["to"]] or None)
    done = merchant.send("/app/bulks", {"act": "stop", "items": suspect, "reason": "Asked to"})
    return World(stage, link, order, stage.programmes["north"], advocate, offer, segment, campaign, id_after("/bulks/", done))


def referral(stage: Stage, advocate: str, friend: str) -> tuple[str, str]:
    """``friend`` buys by the link of ``advocate``. Returns the link and the friend's order."""
    first, second = (Shopper(stage.place, name, f"{name.lower()}@world.example") for name in (advocate, friend))
    bought = first.buy(["wool-throw"])
    link = until("the link", lambda: first.share(bought).get("link"))
    second.claim(link, second.follow(link))
    return str(link), second.buy(list(PAIR))


def _found(page: str, part: str) -> str:
    """The first id after ``part`` on a page of the app."""
    found = re.search(re.escape(part) + r"([0-9a-f-]{36})", page)
    assert found is not None, f"no {part} on the page"
    return found[1]
