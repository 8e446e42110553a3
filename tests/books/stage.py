"""A stage for the books: one shop, a programme with a version, Alice who shares, Bob who buys; orders told as Shopify tells them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from jobs.deliveries import DELIVERIES
from jobs.runner import Kind, run
from jobs.settling import settle_one
from plugin import clock
from plugin.attribution.rules import code_key
from plugin.attribution.tables import Code, Link
from plugin.context import Context
from plugin.db import ShopId, new_id
from plugin.ledger import flows as ledger
from plugin.ledger import tables as ledger_tables
from plugin.mirror import flows as mirror
from plugin.mirror.tables import row_of
from plugin.money import Money
from plugin.outbox.tables import Delivery
from plugin.people import flows as people
from plugin.referrals import flows as referrals
from plugin.referrals.rules import Version, to_plain
from plugin.referrals.tables import Advocate, Programme, ProgrammeVersion
from plugin.rewards.rules import RewardTerms
from plugin.rewards.tables import Attempt, Reward
from plugin.shopify.payloads import BuyerTold, DiscountTold, LineTold, OrderTold, RefundTold
from tests.books.fake_shopify import FakeShopify

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING = RewardTerms("none")
ALICE, BOB = "100", "200"


@dataclass
class Stage:
    """``now`` is business time; ``moved`` by tests."""

    context: Context
    shop_id: ShopId
    shopify: FakeShopify
    currency: str = "GBP"
    now: datetime = START
    version_id: UUID = field(default_factory=new_id)
    advocate_id: UUID = field(default_factory=new_id)
    alice_id: UUID = field(default_factory=new_id)
    told: dict[str, OrderTold] = field(default_factory=dict)

    def money(self, amount: int) -> Money:
        return Money(amount, self.currency)

    def move(self, by: timedelta) -> None:
        """Business time goes on from there. The offset is worked out once: worked out anew at each look, it would be short by however
        long that look was interrupted, and what had just been booked would lie in the future."""
        self.now += by
        offset = (self.now - clock.machine_now()).total_seconds()
        clock.use(lambda: offset)

    # -- the cast --

    def programme(self, advocate: RewardTerms, friend: RewardTerms = NOTHING, *, hold: timedelta = 14 * DAY,
                  expiry: timedelta | None = None) -> None:
        """Published an hour before the story begins, with Alice as its advocate."""
        self.move(timedelta(0))
        programme_id = new_id()
        version = Version(
            id=self.version_id, programme_id=programme_id, number=1, name="Friends", advocate=advocate, friend=friend, minimum=None,
            new_only=True, window=30 * DAY, model="last_visit", hold=hold, expiry=expiry, cap=None, cap_period=None,
            combines=frozenset({"product"}), countries=frozenset(), currencies=frozenset(), starts_at=None, ends_at=None,
            enrol="after_order", since=START - 60 * DAY)
        with self.context.transaction() as session:
            session.add(Programme(shop_id=self.shop_id, id=programme_id, name="Friends", state="live", made_at=START))
            session.add(ProgrammeVersion(shop_id=self.shop_id, id=version.id, programme_id=programme_id, number=1, terms=to_plain(version),
                                         since=START - 60 * DAY))
            session.flush()
            referrals.tell_margin(session, self.shop_id, START)
            self._alice(session, programme_id)

    def _alice(self, session: Session, programme_id: UUID) -> None:
        alice = people.meet(session, self.shop_id, customer_id=ALICE, email="alice@example.com", first_name="Alice", now=START)
        self.alice_id = alice.id
        session.add(Advocate(shop_id=self.shop_id, id=self.advocate_id, person_id=alice.id, programme_id=programme_id, how="order",
                             state="active", enrolled_at=START))
        session.add(Link(shop_id=self.shop_id, id=self.advocate_id, programme_id=programme_id, person_id=alice.id, slug="alice",
                         code="ALICE12345", code_key=code_key("ALICE12345"), state="active", made_at=START))

    def friend_code(self, text: str = "BOBSCODE0001") -> str:
        """A friend code that Bob has claimed from Alice's link."""
        with self.context.transaction() as session:
            session.add(Code(shop_id=self.shop_id, id=new_id(), code=text, code_key=code_key(text), kind="friend", state="claimed",
                             version_id=self.version_id, advocate_id=self.advocate_id, claimed_at=START - DAY, made_at=START - DAY))
        return text

    # -- orders --

    def order(self, id: str = "5001", *, code: str | None = None, off: int = 0, price: int = 10000, customer: str = BOB,
              financial: str = "paid", at: datetime | None = None) -> OrderTold:
        """Bob's order of one mug, with a code that takes ``off``."""
        zero, at = self.money(0), at or self.now
        discounts = (DiscountTold("code", code, code, self.money(off)),) if code else ()
        line = LineTold("1" + id, "7", "8", "Mug", 1, 0, self.money(price), discounts)
        return OrderTold(
            id=id, name=f"#{id}", currency=self.currency, created_at=at, updated_at=at, cancelled_at=None, financial=financial, test=False,
            customer_id=customer, lines=(line,), shipping=zero, shipping_discounts=(), codes=(code,) if code else (), attributes=(),
            landing_site=None, country="GB", risk=None, gateways=("bogus",), refunds=(),
            buyer=_buyer(customer), named_host=None, digest=id)

    def tell(self, told: OrderTold) -> None:
        with self.context.transaction() as session:
            mirror.apply_order(session, self.shop_id, told, self.now)
        self.told[told.id] = told
        left = sum(line.price.amount * line.quantity - sum(one.amount.amount for one in line.discounts) for line in told.lines)
        self._at_shopify(told.id, left, cancelled=told.cancelled_at)
        self.shopify.evidence[told.id] = {
            "id": f"gid://shopify/Order/{told.id}", "risk": {"recommendation": "ACCEPT", "assessments": [{"riskLevel": "LOW"}]},
            "customer": {"numberOfOrders": "1", "orders": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [
                {"id": f"gid://shopify/Order/{told.id}", "createdAt": told.created_at.isoformat()}]}}}

    def _at_shopify(self, order_id: str, left: int, *, cancelled: datetime | None = None, status: str = "PAID") -> None:
        self.shopify.orders[order_id] = {
            "id": f"gid://shopify/Order/{order_id}", "cancelledAt": cancelled.isoformat() if cancelled else None,
            "displayFinancialStatus": status,
            "currentSubtotalPriceSet": {"shopMoney": {"amount": self.money(left).text(), "currencyCode": self.currency}}}

    def refund(self, amount: int, *, id: str = "1", order_id: str = "5001") -> None:
        """An amount of goods is given back."""
        with self.context.transaction() as session:
            mirror.apply_refund(session, self.shop_id, RefundTold(id, order_id, self.now, (), self.money(amount)))
        shown = self.shopify.orders[order_id]["currentSubtotalPriceSet"]["shopMoney"]
        left = Money.parse(shown["amount"], self.currency).amount - amount
        self._at_shopify(order_id, left, status="PARTIALLY_REFUNDED" if left else "REFUNDED")

    # -- work --

    def settle(self, order_id: str = "5001") -> None:
        settle_one(self.context, self.shop_id, order_id)
        with self.context.transaction() as session:
            row = row_of(session, self.shop_id, order_id)
            assert row is not None and row.error is None, row and row.error

    def deliver(self, *kinds: str, rounds: int = 6) -> None:
        """Everything that may leave leaves; what waits for a moment is told that the moment has come."""
        wanted: dict[str, Kind] = {name: kind for name, kind in DELIVERIES.items() if name != "mail" and (not kinds or name in kinds)}
        for _ in range(rounds):
            if not run(self.context, wanted):
                break
            self.hurry()

    def hurry(self) -> None:
        """As if the waits of the outbox, and of store credit, had passed."""
        with self.context.transaction() as session:
            session.execute(update(Delivery).where(Delivery.state == "waiting").values(not_before=START - 30 * DAY))
            session.execute(update(Delivery).where(Delivery.state == "leased").values(lease_until=START - 30 * DAY))
            session.execute(update(Attempt).where(Attempt.state == "sent").values(sent_at=START - 30 * DAY))

    # -- what came of it --

    def rewards(self) -> list[Reward]:
        with self.context.transaction() as session:
            return list(session.query(Reward).filter_by(shop_id=self.shop_id).order_by(Reward.id))

    def reward(self) -> Reward:
        [only] = self.rewards()
        return only

    def code_of(self, reward: Reward) -> Code:
        with self.context.transaction() as session:
            return session.get_one(Code, (self.shop_id, reward.code_id))

    def deliveries(self) -> list[tuple[str, str]]:
        with self.context.transaction() as session:
            rows: Sequence[Delivery] = session.query(Delivery).filter_by(shop_id=self.shop_id).order_by(Delivery.id).all()
            return [(row.kind, row.state) for row in rows]

    def accounts(self) -> dict[str, int]:
        """Balances that are not zero; checked against the postings first."""
        with self.context.transaction() as session:
            audit = ledger.audit(session, self.shop_id)
            assert audit.holds, audit
            held = ledger_tables.balances(session, self.shop_id)
        return {name: by[self.currency] for name, by in held.items() if by.get(self.currency)}


def _buyer(customer: str) -> BuyerTold:
    address = {"address1": f"{customer} High Street", "zip": customer, "country": "GB"}
    return BuyerTold(f"c{customer}@example.com", "Bob", "en", address, f"203.0.113.{int(customer) % 200}", f"agent {customer}")
