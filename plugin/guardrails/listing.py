"""Cases as a list: what waits for the merchant's word, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.attribution.tables import people_behind
from plugin.db import ShopId
from plugin.desk.listing import Choice, Ground, Listing, Sort
from plugin.guardrails.rules import RULES
from plugin.guardrails.tables import GUARDRAIL, Case
from plugin.messaging import texts
from plugin.messaging.naming import called
from plugin.mirror import tables as mirror
from plugin.people.tables import Person


@dataclass(frozen=True, slots=True)
class Row:
    """A case with the name of its order and the advocate's person."""

    case: Case
    order: str
    advocate: Person | None

    @property
    def id(self) -> str:
        return self.case.order_id


def load(session: Session, shop_id: ShopId, keys: Sequence[str]) -> Sequence[Row]:
    found = {case.order_id: case for case in session.scalars(select(Case).where(Case.shop_id == shop_id, Case.order_id.in_(keys)))}
    names = mirror.names(session, shop_id, keys)
    advocates = people_behind(session, shop_id, [case.advocate_id for case in found.values() if case.advocate_id])
    return [Row(case, names.get(key, key), advocates.get(case.advocate_id) if case.advocate_id else None)
            for key in keys if (case := found.get(key)) is not None]


def said(reason: Mapping[str, Any], locale: str) -> str:
    """A rule's reason in the reader's words; its own words where they are new to us."""
    return texts.say_or(locale, f"trace.rule_why.{reason.get('says') or reason['rule']}", reason["why"], many=reason.get("many"))


def _reasons(row: Row, ground: Ground) -> str:
    return "; ".join(said(reason, ground.locale) for reason in row.case.reasons)


def _by(row: Row, ground: Ground) -> str | None:
    if row.case.resolved_by is None:
        return None
    return texts.say(ground.locale, "cases.by_rules" if row.case.resolved_by == GUARDRAIL else "cases.by_you")


CASES = Listing(
    name="cases", path="/app/cases", table=Case, key=Case.order_id, key_type=str,
    sorts=(Sort("opened", Case.opened_at, datetime),),
    choices=(Choice("state", Case.state, ("open", "released", "refused"), words="cases.state"),
             Choice("rule", Case.rule, ("attribution", *RULES), words="trace.rule", leads=True)),
    find=finding.orders, load=load, split="state", period=Case.opened_at, acts=("release", "refuse"),
    sheet={"order": lambda row, _: row.order, "order_id": lambda row, _: row.case.order_id,
           "state": lambda row, ground: texts.say(ground.locale, f"cases.state.{row.case.state}"), "reasons": _reasons,
           "advocate": lambda row, ground: called(row.advocate, ground.locale) if row.case.advocate_id else None,
           "opened": lambda row, _: row.case.opened_at, "decided": lambda row, _: row.case.resolved_at, "by": _by})
