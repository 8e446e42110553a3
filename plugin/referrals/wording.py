"""The customer terms in words, and whether every word of them is there. The clauses are ``rules.clauses``; nothing is read or stored."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import get_currency_name

from plugin.errors import Refused
from plugin.locales import region
from plugin.margin.rules.earning import Height
from plugin.messaging import texts
from plugin.referrals import sharing
from plugin.referrals.rules import Version
from plugin.referrals.rules.clauses import Clause, Difference, clauses, uncovered
from plugin.referrals.rules.versions import Bundle
from plugin.rewards.rules import RewardTerms

SUBJECT = "terms.clause"


class Silent(Refused):
    """The customer terms would leave something unsaid. ``fields``: rules that no clause tells; ``texts``: (locale, key) of texts that
    are not written."""

    def __init__(self, fields: Collection[str], missing: Collection[tuple[str, str]]) -> None:
        what = [*fields, *(f"{key} ({locale})" for locale, key in missing)]
        super().__init__("terms", f"The customer terms leave something unsaid: {', '.join(what)}.", key="programmes.refused.silent",
                         missing=what)
        self.fields, self.texts = tuple(fields), tuple(missing)


@dataclass(frozen=True, slots=True)
class Said:
    """A difference in words; None where there was nothing, or is nothing any more."""

    before: str | None
    after: str | None


def insist(version: Version) -> None:
    """Every rule that is set is told, in every language in which a page of the shop may be read. Raises Silent."""
    told = clauses(version)
    fields, missing = uncovered(version, told), untold(told, published())
    if fields or missing:
        raise Silent(fields, missing)


def published() -> tuple[str, ...]:
    """The languages in which pages of a shop may be read: visitors get their own, whichever the shop itself is kept in."""
    return tuple(locale for locale in texts.LOCALES if texts.keys(locale))


def untold(told: Iterable[Clause], locales: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Which texts are not written in which of these languages: another language's would stand there instead."""
    wanted = {f"{SUBJECT}.{clause.key}" for clause in told}
    return tuple((locale, key) for locale in locales for key in sorted(wanted - texts.keys(locale)))


def terms(version: Version, locale: str | None) -> list[str]:
    """All clauses of a version as sentences of one language."""
    return [words(clause, locale) for clause in clauses(version)]


def words(clause: Clause, locale: str | None) -> str:
    return texts.say(locale, f"{SUBJECT}.{clause.key}", **{name: _shown(name, value, locale) for name, value in clause.values.items()})


def said(difference: Difference, locale: str | None) -> Said:
    return Said(*(words(one, locale) if one is not None else None for one in (difference.before, difference.after)))


def _shown(name: str, value: Any, locale: str | None) -> object:  # noqa: ANN401 - whatever a clause holds
    if isinstance(value, RewardTerms):
        return sharing.gets(locale, value)
    if name == "bundles":
        return bundles(value, locale)
    if name == "steps":
        return steps(value, locale)
    if isinstance(value, frozenset):
        return listed(name, value, locale)
    return value


def bundles(found: Collection[Bundle], locale: str | None) -> str:
    """By their titles; any of them will do."""
    return format_list(sorted(one.title for one in found), style="or", locale=Locale.parse(region(locale)))


def steps(found: Iterable[tuple[Height, RewardTerms]], locale: str | None) -> str:
    """"from €50.00: €10.00 off; from …"."""
    told = [texts.say(locale, "terms.step", least=step.least, gets=sharing.gets(locale, terms)) for step, terms in found]
    return texts.say(locale, "terms.between").join(told)


def listed(name: str, values: frozenset[str], locale: str | None) -> str:
    """Countries, currencies or kinds of discount by their names, as the language lists things."""
    place = Locale.parse(region(locale))
    if name == "kinds":
        names = [texts.say(locale, f"terms.kind.{one}") for one in values]
    else:
        names = [str(place.territories.get(one, one)) if name == "countries" else get_currency_name(one, locale=place) for one in values]
    return format_list(sorted(names), locale=place)
