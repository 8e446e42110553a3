"""What each kind of mail needs to know, as the plain JSON of a ``Mail`` row. Written where it happens, read by ``letters``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from plugin.messaging import texts
from plugin.money import Money

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Worth:
    """A reward as people see it. ``kind`` is percentage, fixed, free_shipping or store_credit."""

    kind: str
    basis_points: int | None = None
    amount: Money | None = None

    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "basis_points": self.basis_points, "amount": _plain(self.amount)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Worth":
        return cls(plain["kind"], plain["basis_points"], _money(plain["amount"]))

    def words(self, locale: str) -> str:
        return texts.reward(locale, self.kind, basis_points=self.basis_points, amount=self.amount)


def earned(reward: Worth, *, code: str | None, expires_at: datetime | None, programme_id: UUID | None = None) -> Facts:
    """For "earned". ``code`` is None for store credit; ``programme_id``: whose terms the mail leads to."""
    return {"reward": reward.plain(), "code": code, "expires_at": expires_at.isoformat() if expires_at else None,
            "programme": str(programme_id) if programme_id else None}


def taken_back(reward: Worth, *, left: Money | None, spent: bool, programme_id: UUID | None = None) -> Facts:
    """For "taken_back". ``left`` is what remains after a partial return; ``spent`` that it was used already."""
    return {"reward": reward.plain(), "left": _plain(left), "spent": spent, "programme": str(programme_id) if programme_id else None}


def goal(reward: Worth, *, target: int, left: int, until: datetime, slug: str, programme_id: UUID) -> Facts:
    """For every "goal_…": ``left`` friends until ``target``, by ``until``; ``reward``: what each of them brings."""
    return {"reward": reward.plain(), "target": target, "left": left, "until": until.isoformat(), "slug": slug,
            "programme": str(programme_id)}


def magic_link(url: str, *, minutes: int) -> Facts:
    """For "magic_link". The url holds a secret: it is forgotten once the mail has left."""
    return {"url": url, "minutes": minutes}


def terms_changed(url: str, *, since: datetime, changes: Sequence[tuple[str | None, str | None]]) -> Facts:
    """For "terms_changed". ``changes``: what was said and what is said now, in the reader's language; None for nothing."""
    return {"url": url, "since": since.isoformat(), "changes": [list(pair) for pair in changes]}


def money(facts: Facts, name: str) -> Money | None:
    return _money(facts[name])


def time(facts: Facts, name: str) -> datetime | None:
    return datetime.fromisoformat(facts[name]) if facts[name] else None


def _plain(amount: Money | None) -> dict[str, Any] | None:
    return None if amount is None else {"amount": amount.amount, "currency": amount.currency}


def _money(plain: Mapping[str, Any] | None) -> Money | None:
    return Money(plain["amount"], plain["currency"]) if plain else None
