"""Random histories of friends' orders, told and settled as in life; and the sums over them, added up one by one from what was stored."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.ledger.tables import Account, Posting
from plugin.mirror import flows as mirror
from plugin.mirror import tables as mirrored
from plugin.mirror.tables import Cost, Product, Variant
from plugin.shopify.payloads import LineTold, OrderTold, RefundLineTold, RefundTold
from tests.books.stage import ALICE, START, Stage

KNOWN, UNKNOWN = "8", "9"
UNIT_COST = 3137


def goods(session: Session, shop_id: ShopId, currency: str = "GBP") -> None:
    """A mug that costs 31.37, and a plate whose cost nobody knows."""
    session.add(Product(shop_id=shop_id, id="7", title="Mug", handle="mug", status="active", image=None, updated_at=START))
    for id in (KNOWN, UNKNOWN):
        session.add(Variant(shop_id=shop_id, id=id, product_id="7", position=1, title="Default", amount=10_000, currency=currency,
                            inventory_item_id=f"{id}1", stock=5, updated_at=START))
    session.add(Cost(shop_id=shop_id, inventory_item_id=f"{KNOWN}1", amount=UNIT_COST, currency=currency, updated_at=START))


@dataclass
class History:
    """One shop's story by chance; the same ``seed`` tells the same one."""

    stage: Stage
    seed: int
    told: list[OrderTold] = field(default_factory=list)

    def play(self, orders: int) -> None:
        dice = Random(self.seed)
        with self.stage.context.transaction() as session:
            goods(session, self.stage.shop_id)
        for number in range(orders):
            self._order(dice, number)
            if dice.random() < 0.4:
                self._afterwards(dice, dice.choice(self.told), number)
            self.stage.move(timedelta(hours=dice.randrange(0, 30)))
        for days in (20, 90):  # holds end and rewards are issued, some are spent, some orders go back; at last what is left expires
            self.stage.move(timedelta(days=days))
            self._settle()
            self._spend(dice)
            for told in self.told:
                if dice.random() < 0.4:
                    self._afterwards(dice, told, days * 1000 + int(told.id))
            self._settle()

    def _settle(self) -> None:
        for told in self.told:
            self.stage.settle(told.id)
        self.stage.deliver()

    def _spend(self, dice: Random) -> None:
        """Alice uses some of her codes; Shopify takes off a little more or less than was reckoned."""
        for number, reward in enumerate(one for one in self.stage.rewards() if one.state == "issued" and one.code_id):
            if dice.random() < 0.4:
                code = self.stage.code_of(reward).code
                told = self.stage.order(str(9000 + self.stage.now.day * 100 + number), code=code, customer=ALICE,
                                        off=max(1, reward.amount + dice.randrange(-50, 50)))
                self.stage.tell(told)
                self.stage.settle(told.id)

    def _order(self, dice: Random, number: int) -> None:
        id, by_friend = str(7000 + number), dice.random() < 0.7
        code = self.stage.friend_code(f"FRIEND{number:06}") if by_friend else None
        base = self.stage.order(id, code=code, off=dice.randrange(1, 3000) if by_friend else 0, price=dice.randrange(3500, 20_000),
                                customer=str(300 + number), financial=dice.choice(["paid", "paid", "paid", "pending"]))
        variant = dice.choice([KNOWN, KNOWN, UNKNOWN])
        first = replace(base.lines[0], quantity=dice.randrange(1, 4), variant_id=variant)
        more = LineTold(f"2{id}", "7", KNOWN, "Mug", 1, 0, self.stage.money(dice.randrange(3500, 9000)), ())
        told = replace(base, lines=(first, more) if dice.random() < 0.4 else (first,))
        self.stage.tell(told)
        self.stage.settle(id)
        self.told.append(told)

    def _afterwards(self, dice: Random, told: OrderTold, number: int) -> None:
        """Something went back, or the order was cancelled."""
        what = dice.choice(["amount", "unit", "cancel"])
        line = told.lines[0]
        with self.stage.context.transaction() as session:
            if what == "cancel":
                later = replace(told, cancelled_at=self.stage.now, digest=f"c{number}",
                                updated_at=self.stage.now + timedelta(seconds=number + 1))
                mirror.apply_order(session, self.stage.shop_id, later, self.stage.now)
            else:
                lines = (RefundLineTold(line.id, 1, line.price),) if what == "unit" else ()
                extra = 0 if lines else dice.randrange(1, 4000)
                mirror.apply_refund(session, self.stage.shop_id,
                                    RefundTold(f"r{number}", told.id, self.stage.now, lines, self.stage.money(extra)))
        self.stage.settle(told.id)


@dataclass
class Sums:
    """What a clerk with a pencil gets: order by order, posting by posting."""

    orders: int = 0
    net: int = 0
    cost: int = 0
    unknown: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    expense: int = 0


def added_up(session: Session, shop_id: ShopId) -> Sums:
    sums = Sums()
    for order_id in session.scalars(select(Decision.order_id).where(Decision.shop_id == shop_id, Decision.verdict == "attributed")):
        order = mirrored.load(session, shop_id, order_id)
        assert order is not None
        if not order.paid_once:
            continue
        sums.orders += 1
        sums.net += order.net.amount
        kept = [] if order.is_dead else [line for line in order.lines if line.current_quantity]
        if any(line.variant_id == UNKNOWN for line in kept) and order.net.amount:
            sums.unknown += order.net.amount
        else:
            sums.cost += sum(line.current_quantity * UNIT_COST for line in kept if line.variant_id == KNOWN)
    names: dict[UUID, str] = {row.id: row.name for row in session.scalars(select(Account).where(Account.shop_id == shop_id))}
    for posting in session.scalars(select(Posting).where(Posting.shop_id == shop_id)):
        sums.kinds[posting.kind] += -posting.amount if posting.reverses_id else posting.amount
        sums.expense += posting.amount * ((names[posting.debit_id] == "expense") - (names[posting.credit_id] == "expense"))
    return sums
