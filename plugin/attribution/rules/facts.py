"""What attribution looks at and what it answers: plain values. Times are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from plugin.money import Money

Model = Literal["first_visit", "last_visit"]
Source = Literal["friend_code", "visit", "cart_attribute", "advocate_code", "manual"]
Verdict = Literal["attributed", "refused", "hold", "none"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What attribution must know of one version of a programme. ``until`` is None while the version is in force."""

    version_id: UUID
    programme_id: UUID
    window: timedelta
    model: Model = "last_visit"
    minimum: Money | None = None
    new_only: bool = True
    cap: int | None = None
    cap_period: timedelta | None = None
    countries: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitFact:
    id: UUID
    advocate_id: UUID
    version_id: UUID
    at: datetime
    source: Literal["visit", "cart_attribute"] = "visit"


@dataclass(frozen=True, slots=True)
class CodeFact:
    """A friend code that the order used. ``visit_id`` only where the claim really came from a visit."""

    id: UUID
    advocate_id: UUID | None
    version_id: UUID
    claimed_at: datetime | None
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AdvocateFact:
    """An advocate behind any of the candidates. ``counted`` is how many earlier orders were attributed in the cap's period;
    orders placed from ``stopped_at`` on, or in one of the ``gaps`` [from, until), earn nothing.
    ``test``: nobody's; what they bring is recognised and never rewarded."""

    id: UUID
    programme_id: UUID
    person_id: UUID | None
    customer_id: str | None
    stopped_at: datetime | None = None
    counted: int = 0
    test: bool = False
    gaps: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything stored that could say who brought the order."""

    codes: tuple[CodeFact, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    typed: tuple[UUID, ...] = ()
    manual: UUID | None = None
    advocates: Mapping[UUID, AdvocateFact] = field(default_factory=dict)
    earlier_orders: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace: what was looked at, how it ended, why; ``facts`` are plain JSON values."""

    step: str
    outcome: Literal["taken", "refused", "hold", "absent", "passed"]
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return {"step": self.step, "outcome": self.outcome, "why": self.why, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. ``reason`` names the refusal or the hold; ``terms`` are those that judged the order."""

    verdict: Verdict
    trace: tuple[Step, ...]
    reason: str | None = None
    source: Source | None = None
    advocate_id: UUID | None = None
    programme_id: UUID | None = None
    version_id: UUID | None = None
    code_id: UUID | None = None
    visit_id: UUID | None = None
    terms: Terms | None = None
