"""The figures of the home page in words: each with what it is compared with and where its rows are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from plugin.insights.figures import STANDING, Figures, Tally
from plugin.insights.rules.periods import Period, change, share
from plugin.messaging import texts
from plugin.money import Money, half_up
from plugin.web.state import Translate


@dataclass(frozen=True, slots=True)
class Tile:
    """``rows``: the path of the list behind it, ``query``: its filters. ``money`` or ``count`` is the figure."""

    label: str
    path: str
    query: Mapping[str, str]
    details: str = ""
    money: Money | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it: the translator, the locale for numbers, the period, and since when there is anything to compare with."""

    t: Translate
    locale: str
    asked: Period
    installed: datetime | None
    rows: Mapping[str, str] = field(default_factory=dict)

    def of_orders(self, tally: Tally) -> str:
        """The share of all orders; of few orders their number."""
        part = share(tally.brought, tally.orders)
        if part is None:
            return self.t("home.orders_few", part=tally.brought, count=tally.orders)
        return self.t("home.orders_share", share=texts.percent(self.locale, _whole(part)), count=tally.orders)

    def compared(self, now: int, before: int, tallies: tuple[Tally, Tally], currency: str | None = None) -> str:
        """What it was in the period before, and by how much it grew where that can be said."""
        was = Money(before, currency) if currency else before
        grew = change(now, before, cases=tallies[0].brought, cases_before=tallies[1].brought)
        if grew is None:
            return self.t("home.before", was=was, days=self.asked.days)
        sign = "+" if grew > 0 else ""
        return self.t("home.before_change", was=was, days=self.asked.days, change=sign + texts.percent(self.locale, _whole(grew)))

    def incomparable(self) -> str:
        if self.asked.before is None:
            return ""
        return self.t("home.no_before", installed=self.installed) if self.installed else ""


def _whole(basis_points: int) -> int:
    """Whole percents: what home tells is no finer than what it rests on."""
    return 100 * half_up(Fraction(basis_points, 100))


def brought(speaker: Speaker, figures: Figures) -> list[Tile]:
    """How many orders came by friends."""
    now, before = figures.now, figures.before
    details = speaker.compared(now.brought, before.brought, (now, before)) if before else speaker.incomparable()
    ours = {"verdict": "attributed", **speaker.rows}
    return [Tile(speaker.t("home.attributed"), "/app/referrals", ours, details, count=now.brought),
            Tile(speaker.t("home.orders"), "/app/orders", dict(speaker.rows), speaker.of_orders(now), count=now.orders)]


def money(speaker: Speaker, figures: Figures, currency: str) -> list[Tile]:
    """What came in and what it cost, in one currency."""
    told = []
    for name, path, query in (("came_in", "/app/referrals", {"verdict": "attributed"}), ("cost", "/app/books", {"account": "expense"})):
        now, before = _amount(figures.now, name, currency), _amount(figures.before, name, currency)
        compared = speaker.compared(now, before, (figures.now, figures.before), currency) if figures.before else ""
        told.append(Tile(speaker.t(f"home.{name}"), path, {**query, **speaker.rows},
                         " ".join(part for part in (speaker.t(f"home.{name}_what"), compared) if part), money=Money(now, currency)))
    return told


def standing(speaker: Speaker, figures: Figures, currency: str) -> list[Tile]:
    """What is owed at this moment, whatever the period."""
    return [Tile(speaker.t(f"home.{name}"), "/app/books", {"account": name}, speaker.t(f"home.{name}_what"),
                 money=Money(figures.standing.get(name, {}).get(currency, 0), currency)) for name in STANDING]


def _amount(tally: Tally | None, name: str, currency: str) -> int:
    amounts: Mapping[str, int] = getattr(tally, name) if tally else {}
    return amounts.get(currency, 0)
