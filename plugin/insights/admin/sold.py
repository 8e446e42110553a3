"""The figures of offers in words: each with what it rests on, what it is compared with, and where its rows are."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from plugin.experiments.rules import Tally
from plugin.insights.rules.periods import Period, change, share
from plugin.insights.sales import SALES
from plugin.insights.selling import Scope, Sums
from plugin.messaging import texts
from plugin.money import Money, half_up
from plugin.web.state import Translate


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it: the translator, the locale for numbers, the period, and which rows are meant."""

    t: Translate
    locale: str
    asked: Period
    scope: Scope


@dataclass(frozen=True, slots=True)
class Tile:
    """``path`` "": nothing stands behind it but the count itself. ``money`` or ``count`` is the figure; neither: not known."""

    label: str
    details: str
    path: str = ""
    money: Money | None = None
    count: int | None = None


def rows_query(speaker: Speaker) -> dict[str, str]:
    """The filters of the list that holds just these rows."""
    offer_id, first = speaker.scope.offer_id, speaker.asked.first
    return {**({"offer": str(offer_id)} if offer_id else {}), **({"from": first.isoformat()} if first else {})}


def tiles(speaker: Speaker, now: Sums, before: Sums | None, seen: Tally) -> list[Tile]:
    t = speaker.t
    return [Tile(t("reports.seen"), t("reports.seen_what"), count=seen.shown), Tile(t("reports.added"), _of_shown(speaker, seen),
                                                                                    count=seen.added),
            *(_tile(speaker, name, now, before) for name in ("bought", "kept", "caused", "discount", "margin"))]


def brief(speaker: Speaker, now: Sums, before: Sums | None) -> list[Tile]:
    """The three amounts for the first page; nothing where no offer had to do with an order."""
    if not now.orders and not (before and before.orders):
        return []
    return [_tile(speaker, name, now, before) for name in ("caused", "discount", "margin")]


def _tile(speaker: Speaker, name: str, now: Sums, before: Sums | None) -> Tile:
    amount, counted = getattr(now, name), name in ("bought", "kept")
    said = [speaker.t(f"reports.{name}_what", count=now.adding), *(_unsure(speaker, now) if name == "margin" else ())]
    if name == "margin" and now.known_margin is None:
        return Tile(speaker.t("reports.margin"), " ".join(said), SALES.path)
    if before is not None:
        said.append(_compared(speaker, amount, getattr(before, name), counted=counted, cases=(now.orders, before.orders)))
    return Tile(speaker.t(f"reports.{name}"), " ".join(said), SALES.path, None if counted else Money(amount, speaker.scope.currency),
                amount if counted else None)


def _unsure(speaker: Speaker, now: Sums) -> list[str]:
    """What of the margin is not known, and what was assumed."""
    said = []
    if now.unknown_units:
        said.append(speaker.t("reports.margin_unknown", count=now.unknown_units, amount=Money(now.unknown, speaker.scope.currency)))
    if speaker.scope.cost_bp is not None:
        said.append(speaker.t("reports.margin_assumed", rate_bp=speaker.scope.cost_bp))
    return said


def _of_shown(speaker: Speaker, seen: Tally) -> str:
    """The share of all times it was shown; of few their number."""
    part = share(seen.added, seen.shown)
    if part is None:
        return speaker.t("reports.added_few", part=seen.added, whole=seen.shown)
    return speaker.t("reports.added_share", share=texts.percent(speaker.locale, _whole(part)), whole=seen.shown)


def _compared(speaker: Speaker, now: int, before: int, *, counted: bool, cases: tuple[int, int]) -> str:
    """What it was in the period before, and by how much it grew where that can be said."""
    was: Mapping[str, object] = {"was": before if counted else Money(before, speaker.scope.currency), "days": speaker.asked.days}
    grew = change(now, before, cases=cases[0], cases_before=cases[1])
    if grew is None:
        return speaker.t("home.before", **was)
    return speaker.t("home.before_change", **was, change=("+" if grew > 0 else "") + texts.percent(speaker.locale, _whole(grew)))


def _whole(basis_points: int) -> int:
    """Whole percents, rounded half up."""
    return 100 * half_up(Fraction(basis_points, 100))
