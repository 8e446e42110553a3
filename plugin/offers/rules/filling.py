"""The builder's form: what was typed, as an offer; an offer, as the form shows it. Pure.

Goods are told as a list of "everything", "p:<product id>", "t:<tag>" and "v:<vendor>"; ``goods_a`` to ``goods_d`` are the places of a kind.
What cannot be read is a fault at its field; what can be read and makes no sense is found by ``checks``, and put at its field here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from uuid import UUID

from plugin.errors import Refused
from plugin.money import Money
from plugin.offers.rules.checks import faults
from plugin.offers.rules.kinds import Fault
from plugin.offers.rules.model import (
    EVERYTHING,
    Audience,
    Basket,
    Benefit,
    DiscountClass,
    Goods,
    Kind,
    Offer,
    Outcome,
    Part,
    Schedule,
    Step,
    Worth,
)

Values = dict[str, str | list[str]]
LETTERS, STEPS = "abcd", "abcde"
SLOTS: Mapping[Kind, str] = {"kit": "abcd", "mix": "abc", "tiers": "a", "buy_get": "ab", "together": "abcd", "upgrade": "ab",
                             "complete": "abcd", "gift": "a", "shipping": "", "basket": "", "welcome": "abc"}
"""Places for goods. A tier's is what counts, an upgrade's second what the better product stands in for."""
WORTHS: Mapping[Kind, tuple[Worth, ...]] = {
    "kit": ("percent", "amount", "price"), "mix": ("percent", "amount", "price"), "tiers": ("percent", "amount", "price"),
    "buy_get": ("free", "percent", "amount", "price"), "together": ("percent", "amount", "price"),
    "upgrade": ("percent", "amount", "price"), "complete": ("percent", "amount", "price"), "gift": ("free", "percent"),
    "shipping": ("free", "percent", "amount"),
    "basket": ("percent", "amount"), "welcome": ("percent", "amount")}
LIMITED = frozenset({"kit", "mix", "buy_get", "together", "complete"})
PICKED = frozenset({"mix", "buy_get"})
COUNTED = frozenset({"kit", "mix", "buy_get", "complete", "gift", "welcome"})
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CLASSES: tuple[DiscountClass, ...] = get_args(DiscountClass)
USUAL: Mapping[Kind, Outcome] = {"tiers": "units", "mix": "units", "buy_get": "units", "welcome": "friends"}
SEVERAL = frozenset({"combines", *(f"goods_{letter}" for letter in LETTERS)})
FIELDS = ("title", "outcome", *(f"goods_{letter}" for letter in LETTERS), *(f"count_{letter}" for letter in LETTERS), "worth", "value",
          *(f"least_{letter}" for letter in STEPS), *(f"value_{letter}" for letter in STEPS), "scope", "pick", "limit", "least_amount",
          "least_quantity", "countries", "customer_tags", "not_customer_tags", "who", "starts", "ends", "priority", "stacks", "combines")
LONGEST_TITLE, MOST_GOODS = 80, 250
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,4})?", re.ASCII)
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


def blank() -> Values:
    """Every field, empty."""
    empty: Values = {name: [] if name in SEVERAL else "" for name in FIELDS}
    return empty | {"scope": "all", "pick": "cheapest", "who": "any", "priority": "0"}


def read(values: Values, kind: Kind, currency: str) -> Read:
    """``values`` has every field of FIELDS. All faults at once."""
    return _Reader(values, kind, currency).run()


class _Reader:
    """Reads field by field; what is wrong is kept beside the field, and a harmless value goes on in its place."""

    def __init__(self, values: Values, kind: Kind, currency: str) -> None:
        self.values, self.kind, self.currency = values, kind, currency
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
        base = Offer(_NOBODY, 1, self.kind, self._title(), basket=self._basket(), audience=self._audience(), schedule=self._schedule(),
                     priority=self._whole_number("priority", least=-100, most=100), stacks=self.text("stacks") == "yes",
                     outcome=self.one_of("outcome", OUTCOMES),
                     combines=frozenset(one for one in CLASSES if one in self.several("combines")),
                     limit=self._whole_number("limit", least=0, most=100) if self.kind in LIMITED else 0,
                     pick=self.one_of("pick", ("cheapest", "dearest")) or "cheapest" if self.kind in PICKED else "dearest")
        return self._with_goods(base)

    def _with_goods(self, base: Offer) -> Offer:
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
            return base
        return replace(base, benefit=self.benefit())

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

    def _whole_number(self, name: str, *, least: int, most: int, otherwise: int = 0) -> int:
        text = self.text(name)
        if not text:
            return otherwise
        if not re.fullmatch(r"-?[0-9]{1,6}", text, re.ASCII) or not least <= int(text) <= most:
            self.fault(name, "whole", least=least, most=most)
            return otherwise
        return int(text)

    def _count(self, letter: str) -> int:
        return self._whole_number(f"count_{letter}", least=1, most=100, otherwise=1) if self.kind in COUNTED else 1

    def goods(self, name: str) -> Goods:
        told = sorted(self.several(name))
        if len(told) > MOST_GOODS:
            self.fault(name, "too_many_products", most=MOST_GOODS, count=len(told) - MOST_GOODS)
        if "everything" in told:
            return Goods(everything=True)
        by = {mark: frozenset(one[2:] for one in told if one.startswith(f"{mark}:")) for mark in "ptv"}
        if not told:
            self.fault(name, "goods")
        return Goods(products=by["p"], tags=by["t"], vendors=by["v"])

    def benefit(self) -> Benefit:
        worth: Worth = self.one_of("worth", WORTHS[self.kind]) or WORTHS[self.kind][0]
        return self._benefit(worth, "value")

    def _benefit(self, worth: Worth, name: str) -> Benefit:
        if worth == "free":
            return Benefit("free")
        if worth == "percent":
            found = _PERCENT.fullmatch(self.text(name))
            rate = int(found[1] + (found[2] or "").ljust(2, "0")) if found else 0
            if not 1 <= rate <= 10_000:
                self.fault(name, "rate")
            return Benefit("percent", rate)
        amount = self._money(name)
        if amount is None or amount.amount <= 0:
            self.fault(name, "worth")
        return Benefit(worth, amounts=(amount,) if amount else ())

    def _money(self, name: str) -> Money | None:
        text = self.text(name)
        try:
            return Money.parse(text.replace(",", "."), self.currency) if _AMOUNT.fullmatch(text) else None
        except Refused:
            return None

    def _steps(self, worth: Worth) -> tuple[Step, ...]:
        used = self._used_steps()
        if not used:
            self.fault("least_a", "steps", most=len(STEPS))
        return tuple(Step(self._step_least(letter), self._benefit(worth, f"value_{letter}")) for letter in used)

    def _step_least(self, letter: str) -> int:
        found = self._whole_number(f"least_{letter}", least=1, most=10_000)
        if not found:
            self.fault(f"least_{letter}", "whole", least=1, most=10_000)
        return found

    def _basket(self) -> Basket:
        amount = self._money("least_amount")
        if self.text("least_amount") and amount is None:
            self.fault("least_amount", "worth")
        return Basket(EVERYTHING, self._whole_number("least_quantity", least=0, most=10_000), (amount,) if amount and amount.amount else ())

    def _audience(self) -> Audience:
        who = self.one_of("who", ("any", "referred", "not_referred"))
        return Audience(countries=frozenset(self._names("countries", upper=True)), customer_tags=frozenset(self._names("customer_tags")),
                        not_customer_tags=frozenset(self._names("not_customer_tags")),
                        referred={"referred": True, "not_referred": False}.get(who or ""))

    def _names(self, name: str, *, upper: bool = False) -> list[str]:
        told = [" ".join(one.split()) for one in self.text(name).split(",")]
        if len(told) > MOST_GOODS or any(len(one) > LONGEST_TITLE or "\0" in one for one in told):
            self.fault(name, "names")
        return [one.upper() if upper else one for one in told if one]

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
              "basket": "least_amount", "schedule": "ends"}
    if head == "audience":
        return {"customer_tags": "customer_tags", "not_customer_tags": "not_customer_tags", "countries": "countries"}.get(rest, "who")
    found = simple.get(head, head)
    return found if found in FIELDS else "title"
