"""The builder's form: what was typed, as an offer; an offer, as the form shows it. Pure.

``goods_a`` to ``goods_d`` are the places of a kind (``filling_goods``). What cannot be read is a fault at its field; what makes no sense
is found by ``checks``, and put there here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from uuid import UUID

from plugin.offers.rules.checks import faults
from plugin.offers.rules.filling_amounts import ALSO, benefit, least
from plugin.offers.rules.filling_goods import COUNTING, WITHOUT, counting, goods, without
from plugin.offers.rules.filling_whom import audience
from plugin.offers.rules.kinds import Fault
from plugin.offers.rules.model import (
    Basket,
    Benefit,
    Bundled,
    DiscountClass,
    Goods,
    Kind,
    Offer,
    Outcome,
    Part,
    Pick,
    Schedule,
    Step,
    Worth,
)
from plugin.offers.rules.native import FORMS as FORMS

Values = dict[str, str | list[str]]
LETTERS, STEPS = "abcd", "abcde"
SLOTS: Mapping[Kind, str] = {"kit": "abcd", "mix": "abc", "tiers": "a", "buy_get": "ab", "together": "abcd", "upgrade": "ab",
                             "complete": "abcd", "gift": "a", "shipping": "", "basket": "", "welcome": "abc"}
"""Places for goods. A tier's is what counts, an upgrade's second what the better product stands in for."""
AT_FIRST: Mapping[Kind, int] = {"kit": 2, "mix": 1, "together": 2, "complete": 2, "welcome": 2}
"""So many places of a kind are open from the start; the others are for who wants more. Of kinds that are not named, all."""
WORTHS: Mapping[Kind, tuple[Worth, ...]] = {
    "kit": ("percent", "amount", "price"), "mix": ("percent", "amount", "price"), "tiers": ("percent", "amount", "price"),
    "buy_get": ("free", "percent", "amount", "price"), "together": ("percent", "amount", "price"),
    "upgrade": ("percent", "amount", "price"), "complete": ("percent", "amount", "price"), "gift": ("free", "percent"),
    "shipping": ("free", "percent", "amount"), "basket": ("percent", "amount"), "welcome": ("percent", "amount")}
DRAWN_WORTHS = ("percent", "none")
"""Of goods that the orders choose: less by a share, or recommended at their price."""
COMPANIONS = ("1", "2", "3")
LIMITED = frozenset({"kit", "mix", "buy_get", "together", "complete"})
PICKS: Mapping[Kind, tuple[Pick, ...]] = {"mix": ("cheapest", "dearest"), "buy_get": ("cheapest", "dearest", "chosen")}
PICKED = frozenset(PICKS)
RECURRING = frozenset({"kit", "mix", "tiers", "buy_get", "together", "upgrade", "complete", "welcome"})
"""Of these the merchant says whether they are for goods that are bought by subscription too; a discount on the order always is."""
COUNTED = frozenset({"kit", "mix", "buy_get", "complete", "gift", "welcome"})
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CLASSES: tuple[DiscountClass, ...] = get_args(DiscountClass)
BUNDLED: tuple[Bundled, ...] = get_args(Bundled)
USUAL: Mapping[Kind, Outcome] = {"tiers": "units", "mix": "units", "buy_get": "units", "welcome": "friends"}
SEVERAL = frozenset({"combines", "campaigns", "segments", "markets", WITHOUT, COUNTING, *(f"goods_{letter}" for letter in LETTERS)})
FIELDS = ("title", "outcome", WITHOUT, *(f"goods_{letter}" for letter in LETTERS), *(f"count_{letter}" for letter in LETTERS), "worth",
          "value",
          *(f"least_{letter}" for letter in STEPS), *(f"value_{letter}" for letter in STEPS), "scope", "pick", "limit", "least_amount",
          "least_quantity", "countries", "currencies", "markets", "customer_tags", "not_customer_tags", "who", "campaigns", "segments",
          "cap_times", "cap_days", "holdout", "code", "starts", "ends", "priority", "stacks", "combines", "native",
          "bundled", "source", "companions", "subscriptions", COUNTING, *ALSO)
LONGEST_TITLE = 80
_NOBODY = UUID(int=0)


@dataclass(slots=True)
class Read:
    """``offer`` None: not even a beginning could be read. ``faults`` by the form's field, the first of each."""

    offer: Offer | None = None
    faults: dict[str, Fault] = field(default_factory=dict)


def suggested(kind: Kind, title: str) -> Values:
    """A new offer's form."""
    values = blank() | {"title": title, "outcome": USUAL.get(kind, "basket"), "worth": WORTHS[kind][0], "combines": ["order", "shipping"]}
    values |= {f"count_{letter}": "1" for letter in SLOTS[kind]}
    if kind == "tiers":
        values |= {"goods_a": ["everything"], "least_a": "3", "value_a": "10", "least_b": "5", "value_b": "15"}
    elif kind == "mix":
        values |= {"count_a": "3", "value": "15"}
    elif kind not in ("gift", "shipping", "buy_get"):
        values["value"] = "10"
    return values


def drawn(title: str) -> Values:
    """A new offer's form whose goods the shop's orders choose."""
    return suggested("together", title) | {"source": "orders", "goods_a": ["everything"], "worth": "none", "value": ""}


def slots(kind: Kind, values: Values) -> str:
    """Places for goods in this form."""
    return "a" if is_drawn(kind, values) else SLOTS[kind]


def is_drawn(kind: Kind, values: Values) -> bool:
    return kind == "together" and values.get("source") == "orders"


def blank() -> Values:
    """Every field, empty."""
    bare: Values = {name: [] if name in SEVERAL else "" for name in FIELDS}
    return bare | {"scope": "all", "pick": "cheapest", "who": "any", "priority": "0", "bundled": "no", "source": "named", "companions": "2"}


def read(values: Values, kind: Kind, currency: str, *, sold: frozenset[str] = frozenset()) -> Read:
    """``values`` has every field of FIELDS. ``sold``: the currencies that the shop sells in, empty where that is not known. All faults at
    once."""
    return _Reader(values, kind, currency, sold).run()


class _Reader:
    """Reads field by field; what is wrong is kept beside the field, and a harmless value goes on in its place."""

    def __init__(self, values: Values, kind: Kind, currency: str, sold: frozenset[str]) -> None:
        self.values, self.kind, self.currency, self.sold = values, kind, currency, sold
        self.faults: dict[str, Fault] = {}

    def run(self) -> Read:
        offer = self._offer()
        if not self.faults:
            for fault in faults(offer, self.currency):
                self.faults.setdefault(self._step_of(offer, fault) or field_of(fault.at, self.kind), fault)
        return Read(offer, self.faults)

    def _step_of(self, offer: Offer, fault: Fault) -> str | None:
        """The field of the step that is out of order or no better than the one before; None for every other fault."""
        if fault.at != "steps" or fault.key not in ("order", "worse"):
            return None
        used = self._used_steps()
        two_by_two = (replace(offer, steps=offer.steps[at:at + 2]) for at in range(len(used) - 1))
        wrong = (at for at, two in enumerate(two_by_two) if any(one.key == fault.key for one in faults(two, self.currency)))
        return f"{'least' if fault.key == 'order' else 'value'}_{used[next(wrong, 0) + 1]}"

    def _used_steps(self) -> list[str]:
        return [letter for letter in STEPS if self.text(f"least_{letter}") or self.text(f"value_{letter}")]

    def _offer(self) -> Offer:
        base = Offer(_NOBODY, 1, self.kind, self._title(), basket=self._basket(), audience=audience(self), schedule=self._schedule(),
                     priority=self.whole_number("priority", least=-100, most=100), stacks=self.text("stacks") == "yes",
                     outcome=self.one_of("outcome", OUTCOMES), code=self.text("code").upper(),
                     combines=frozenset(one for one in CLASSES if one in self.several("combines")), native=self.text("native") == "yes",
                     bundled=self.one_of("bundled", BUNDLED) or "no" if self.kind == "kit" else "no",
                     limit=self.whole_number("limit", least=0, most=100) if self.kind in LIMITED else 0,
                     pick=self.one_of("pick", PICKS[self.kind]) or "cheapest" if self.kind in PICKED else "dearest")
        return self._with_goods(base)

    def _with_goods(self, base: Offer) -> Offer:
        if is_drawn(self.kind, self.values):
            whole = None if self.one_of("worth", DRAWN_WORTHS) == "none" else benefit(self, "percent", "value")
            return replace(base, goods=self.goods("goods_a"), drawn=int(self.one_of("companions", COMPANIONS) or "1"), whole=whole, limit=0)
        if self.kind == "tiers":
            worth: Worth = self.one_of("worth", WORTHS["tiers"]) or "percent"
            return replace(base, goods=self.goods("goods_a"), scope=self.one_of("scope", ("all", "product", "line")) or "all",
                           steps=self._steps(worth))
        if self.kind == "upgrade":
            return replace(base, parts=(Part(self.goods("goods_a"), 1, self.benefit()),), replaces=self.goods("goods_b").products)
        if self.kind == "buy_get":
            return replace(base, parts=(Part(self.goods("goods_a"), self._count("a")), Part(self.goods("goods_b"), self._count("b"),
                                                                                         self.benefit())))
        if self.kind == "gift":
            return replace(base, parts=(Part(self.goods("goods_a"), self._count("a"), self.benefit()),))
        used = [letter for letter in SLOTS[self.kind] if self.several(f"goods_{letter}")]
        parts = tuple(Part(self.goods(f"goods_{letter}"), self._count(letter)) for letter in used)
        if parts:
            return replace(base, parts=parts, whole=self.benefit())
        if SLOTS[self.kind] and self.kind != "welcome":
            self.fault("goods_a", "goods")
            self.benefit()  # so that what is wrong with it is said at the same time
            return base
        about = without(self, base.goods) if self.kind == "basket" else base.goods
        return replace(base, goods=about, benefit=self.benefit())

    def goods(self, name: str) -> Goods:
        return goods(self, name)

    def text(self, name: str) -> str:
        told = self.values.get(name, "")
        return told.strip() if isinstance(told, str) else ""

    def several(self, name: str) -> set[str]:
        told = self.values.get(name, [])
        return set(told) if isinstance(told, list) else {told}

    def fault(self, name: str, key: str, **facts: object) -> None:
        self.faults.setdefault(name, Fault(name, key, facts))

    def one_of(self, name: str, allowed: Sequence[Any]) -> Any:  # noqa: ANN401 - a word of a Literal
        told = self.text(name)
        if told and told not in allowed:
            self.fault(name, "choice")
        return told if told in allowed else None

    def _title(self) -> str:
        title = " ".join(self.text("title").split())
        if not title or len(title) > LONGEST_TITLE or "\0" in title:
            self.fault("title", "title")
        return title

    def whole_number(self, name: str, *, least: int, most: int, otherwise: int = 0) -> int:
        text = self.text(name)
        if not text:
            return otherwise
        if not re.fullmatch(r"-?[0-9]{1,6}", text, re.ASCII) or not least <= int(text) <= most:
            self.fault(name, "whole", least=least, most=most)
            return otherwise
        return int(text)

    def _count(self, letter: str) -> int:
        return self.whole_number(f"count_{letter}", least=1, most=100, otherwise=1) if self.kind in COUNTED else 1

    def benefit(self) -> Benefit:
        worth: Worth = self.one_of("worth", WORTHS[self.kind]) or WORTHS[self.kind][0]
        return benefit(self, worth, "value")

    def _steps(self, worth: Worth) -> tuple[Step, ...]:
        used = self._used_steps()
        if not used:
            self.fault("least_a", "steps", most=len(STEPS))
        return tuple(Step(self._step_least(letter), benefit(self, worth, f"value_{letter}")) for letter in used)

    def _step_least(self, letter: str) -> int:
        found = self.whole_number(f"least_{letter}", least=1, most=10_000)
        if not found:
            self.fault(f"least_{letter}", "whole", least=1, most=10_000)
        return found

    def _basket(self) -> Basket:
        quantity, amounts = self.whole_number("least_quantity", least=0, most=10_000), least(self)
        return Basket(counting(self, asked=bool(quantity or amounts or self.faults)), quantity, amounts)

    def _schedule(self) -> Schedule:
        """The first day begins at midnight; the last one is over at the midnight after it."""
        starts, ends = (self._day(name) for name in ("starts", "ends"))
        return Schedule(datetime.combine(starts, time()) if starts else None,
                        datetime.combine(ends + timedelta(days=1), time()) if ends else None)

    def _day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = date.max
        if not 2000 <= found.year <= 2999:
            self.fault(name, "day")
            return None
        return found


def field_of(path: str, kind: Kind) -> str:
    """Where in the form a fault of ``checks`` belongs."""
    head, _, rest = path.partition(".")
    number, _, what = rest.partition(".")
    if head in ("parts", "steps") and number.isdigit():
        letter = LETTERS[int(number) % len(LETTERS)] if head == "parts" else STEPS[int(number) % len(STEPS)]
        at = {"goods": f"goods_{letter}", "count": f"count_{letter}"}.get(what)
        return at or (f"value_{letter}" if head == "steps" else "value")
    simple = {"parts": "goods_a", "steps": "least_a", "goods": "goods_a", "replaces": "goods_b", "whole": "value", "benefit": "value",
              "drawn": "companions", "basket": "least_amount", "schedule": "ends"}
    if path == "basket.goods":
        return COUNTING
    if head == "audience":
        return {"holdout_bp": "holdout", "cap": "cap_times"}.get(rest, rest if rest in FIELDS else "who")
    found = simple.get(head, head)
    return found if found in FIELDS else "title"
