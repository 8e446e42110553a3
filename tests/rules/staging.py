"""A shop with one programme, an advocate and a friend: what tests of attribution and guardrails begin with."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import flows as attribution
from plugin.attribution import rules
from plugin.attribution.tables import Code, Link, Visit
from plugin.guardrails import flows as guardrails
from plugin.guardrails.rules import Judgement
from plugin.mirror import tables as mirror
from plugin.people.tables import Person
from plugin.referrals import flows, tables
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON
from tests.rules.shopfront import make_ready, mirrored, person, programme


@dataclass(frozen=True)
class Read:
    """What Shopify told about the friend."""

    customer_orders: int | None = 1
    later: int | None = 1
    risk: str | None = "LOW"


@dataclass
class Stage:
    """North runs a programme; Alice shares, Bob comes."""

    session: Session
    shop: Shop
    link: Link
    alice: Person
    bob: Person

    def visit(self, ago: timedelta = DAY, *, token: str = "token-1", device: str | None = None, link: Link | None = None) -> UUID:
        link = link or self.link
        version = next(iter(tables.versions(self.session, self.shop.id)))
        row = Visit(shop_id=self.shop.id, advocate_id=link.id, programme_id=link.programme_id, version_id=version, device_key=device,
                    address_key=None, token=token, landing="/", at=NOON - ago)
        self.session.add(row)
        self.session.flush()
        return row.id

    def code(self, ago: timedelta = DAY) -> Code:
        make_ready(self.session, self.shop.id)
        landing = flows.look(self.session, self.shop.id, self.link.slug, now=NOON - ago)
        claimed = flows.claim(self.session, self.shop.id, landing, nonce=f"n{ago}", visit_id=None, device_key=None, now=NOON - ago)
        return self.session.get_one(Code, (self.shop.id, claimed.code_id))

    def order(self, order_id: str = "9", *, by: Person | None = None, **changes: object) -> str:
        mirrored(self.session, self.shop, order_id, by or self.bob, NOON, **changes)
        return order_id

    def decide(self, order_id: str = "9") -> rules.Decision:
        order = mirror.load(self.session, self.shop.id, order_id)
        assert order is not None
        return attribution.attribute(self.session, self.shop.id, order, tables.terms(self.session, self.shop.id), NOON)

    def judge(self, order_id: str = "9", evidence: Read | None = Read()) -> Judgement:
        order = mirror.load(self.session, self.shop.id, order_id)
        assert order is not None
        return guardrails.check(self.session, self.shop.id, order, self.decide(order_id), evidence, NOON)


def staged(session: Session, shop: Shop, **changes: str) -> Stage:
    version = programme(session, shop, NOON - 90 * DAY, **changes)
    alice = person(session, shop, "alice.jones@example.org", NOON, customer_id="100")
    bob = person(session, shop, "bob.miller@example.com", NOON, customer_id="200")
    link = flows.enrol(session, shop.id, alice.id, version.programme_id, how="shop", now=NOON)
    return Stage(session, shop, link, alice, bob)
