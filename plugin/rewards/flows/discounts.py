"""Shared discounts: one per purpose, programme version, value and end month; many single-use codes hang on each."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.rules import new_code
from plugin.db import ShopId, insert_once, new_id
from plugin.errors import Refused
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.rewards.rules import GOODWILL, Purpose, RewardTerms
from plugin.rewards.tables import Discount

LONGEST = timedelta(days=3652)
"""What "never" becomes: after an uninstall nobody can clean up, so everything ends by itself one day."""


def shared_discount(session: Session, shop_id: ShopId, *, purpose: Purpose, version_id: UUID, terms: RewardTerms,
                    ends_at: datetime | None, combines: frozenset[str], minimum: Money | None, now: datetime) -> Discount:
    """The discount that codes of these terms hang on, planned at once and made at Shopify by its delivery.

    ``ends_at`` is rounded up to the end of its month. Raises Refused("terms") for terms that are no code.
    """
    if not terms.is_code:
        raise Refused("terms", f"A {terms.kind} reward is not a code.")
    ends = month_end(ends_at or now + LONGEST)
    least = f"/{minimum.amount}" if purpose == GOODWILL and minimum else ""  # of a version there is only one
    key = f"{purpose}/{version_id}/{terms.kind}/{_value(terms)}{least}/{ends:%Y-%m}"
    known = _find(session, shop_id, key)
    if known is not None:
        return known
    id = new_id()
    insert_once(session, Discount, {
        "shop_id": shop_id, "id": id, "key": key, "purpose": purpose, "version_id": version_id, "kind": terms.kind,
        "title": _title(purpose, terms, ends, id), "seed": f"TANDEM{new_code()}", "basis_points": terms.basis_points,
        "amount": terms.amount.amount if terms.amount else None, "minimum": minimum.amount if minimum else None,
        "currency": _currency(terms, minimum), "combines": sorted(combines), "starts_at": now, "ends_at": ends,
        "state": "planned", "made_at": now})
    made = _find(session, shop_id, key)
    assert made is not None
    outbox.put(session, shop_id, "discount_create", made.id, now=now)
    return made


def month_end(at: datetime) -> datetime:
    """The first moment of the month after ``at``, in UTC."""
    at = at.astimezone(UTC)
    return datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)


def _find(session: Session, shop_id: ShopId, key: str) -> Discount | None:
    return session.scalar(select(Discount).where(Discount.shop_id == shop_id, Discount.key == key))


def _currency(terms: RewardTerms, minimum: Money | None) -> str | None:
    money = terms.amount or minimum
    return money.currency if money else None


def _value(terms: RewardTerms) -> str:
    if terms.amount is not None:
        return f"{terms.amount.amount}{terms.amount.currency}"
    return str(terms.basis_points or 0)


def _title(purpose: Purpose, terms: RewardTerms, ends: datetime, id: UUID) -> str:
    """What the merchant reads in the admin; begins with "Tandem friend" or "Tandem reward" and is unique."""
    what = {"friend": "Tandem friend", "advocate": "Tandem reward", "goodwill": "Tandem reward"}[purpose]
    if terms.amount is not None:
        value = f"{terms.amount.text()} {terms.amount.currency}"
    elif terms.basis_points is not None:
        value = f"{terms.basis_points // 100}.{terms.basis_points % 100:02} %"
    else:
        value = "free shipping"
    return f"{what} {value}, until {ends - timedelta(days=1):%Y-%m-%d} ({id.hex[-8:]})"
