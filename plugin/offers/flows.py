"""Saving and removing pairs, and publishing programmes beside them: what is saved has passed the margin guard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import Take, Verdict
from plugin.mirror import tables as mirror
from plugin.offers import rules, tables
from plugin.offers.tables import Pair
from plugin.outbox import flows as outbox
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.rules import Version, from_plain, takes, to_plain
from plugin.referrals.rules.versions import Stored


@dataclass(frozen=True, slots=True)
class Wish:
    """What the merchant wants of a pair: product ids at Shopify, and hundredths of a percent off the second."""

    first_product_id: str
    second_product_id: str
    basis_points: int


def save_pair(session: Session, shop_id: ShopId, wish: Wish, *, currency: str, now: datetime, pair_id: UUID | None = None) -> Pair:
    """Make or change a pair and have it published.

    Where the worst cart with a friend's discount would break the margin floor, the pair stands alone (``reason`` tells the
    cart). Raises Refused("pair"), Refused("margin") where it breaks the floor even alone, or NotFound.
    """
    first, second = (mirror.product(session, shop_id, id) for id in (wish.first_product_id, wish.second_product_id))
    first, second = rules.check(first, second, wish.basis_points)
    row = tables.pair(session, shop_id, pair_id, lock=True) if pair_id else Pair(
        shop_id=shop_id, id=new_id(), combines=[], at_shopify={}, made_at=now, sent=False, external_id=None)
    _refuse_twin(session, shop_id, wish, row.id)
    if row.state in ("removing", "removed"):
        raise Refused("removed", "This pair was removed.")
    row.first_product_id, row.second_product_id, row.basis_points = wish.first_product_id, wish.second_product_id, wish.basis_points
    if row.external_id or not row.sent:  # a discount whose answer was lost is looked for under the title that was sent
        row.title = rules.title_of(first.title, second.title, tables.titles(session, shop_id, but=row.id))
    row.combines = sorted(rules.BESIDE)
    verdict = _verdict(session, shop_id, row, currency, now)
    row.combines, row.reason = ([], verdict.reason[:500]) if verdict.outcome == "separate" else (row.combines, "")
    session.add(row)
    _wish(session, shop_id, row, "publishing", now)
    return row


def remove_pair(session: Session, shop_id: ShopId, pair_id: UUID, *, now: datetime) -> Pair:
    """Take a pair out of the shop; its discount is deleted at Shopify. Raises NotFound."""
    row = tables.pair(session, shop_id, pair_id, lock=True)
    if row.state not in ("removing", "removed"):
        _wish(session, shop_id, row, "removing", now)
    return row


def publish_programme(session: Session, shop_id: ShopId, programme_id: UUID, *, currency: str, now: datetime) -> tuple[Version, Verdict]:
    """Publish a programme's draft beside the pairs that stand.

    Where the worst cart with a pair would break the margin floor, the friend's discount will not combine with product
    discounts (the verdict tells the cart). Raises Refused("margin") where it breaks the floor even alone, and what
    ``referrals.publish`` raises.
    """
    programme = programmes.programme(session, shop_id, programme_id, lock=True)
    verdict = Verdict("fine", "Nothing new to judge.")
    if programme.draft is not None:
        draft = from_plain(Stored(programme_id, programme_id, 0, None, None), programme.draft)
        verdict = _guard(session, shop_id, [*takes(draft), *_pair_takes(tables.pairs(session, shop_id))], currency)
        if verdict.outcome == "separate":
            programme.draft = to_plain(replace(draft, combines=draft.combines - {"product"}))
    return referrals.publish(session, shop_id, programme_id, now=now), verdict


def sending(session: Session, row: Pair) -> None:
    """A call is about to leave: from now on Shopify may name these products, whether we hear its answer or not."""
    row.sent = True
    if row.state == "publishing":
        row.at_shopify = {side: sorted({*row.at_shopify.get(side, []), wanted})
                          for side, wanted in (("first", row.first_product_id), ("second", row.second_product_id))}
    session.flush()


def recorded(session: Session, shop_id: ShopId, revision_id: UUID, external_id: str | None, now: datetime) -> None:
    """Shopify has followed this wish: the discount with this id stands, or (None) it is gone. An older wish keeps the id only."""
    row = tables.by_revision(session, shop_id, revision_id, lock=True)
    if row is None:
        return
    row.external_id, row.changed_at = external_id, now
    row.state = "live" if external_id else "removed"
    row.at_shopify = {"first": [row.first_product_id], "second": [row.second_product_id]} if external_id else {}
    session.flush()


def failed(session: Session, shop_id: ShopId, revision_id: UUID, why: str) -> None:
    """Shopify will not have this wish; the merchant reads why."""
    row = tables.by_revision(session, shop_id, revision_id, lock=True)
    if row is not None:
        row.state, row.reason = "failed", why[:500]
        session.flush()


def discount_gone(session: Session, shop_id: ShopId, external_id: str, now: datetime) -> bool:
    """The merchant deleted a pair's discount at Shopify: it is shown no more. Saving it again brings it back."""
    row = session.scalar(select(Pair).where(Pair.shop_id == shop_id, Pair.external_id == external_id, Pair.state.in_(tables.ON))
                         .with_for_update())
    if row is None:
        return False
    row.external_id, row.sent, row.at_shopify, row.changed_at = None, False, {}, now
    if row.state == "live":
        row.state, row.reason = "failed", "Its discount was deleted in the admin. Save the pair again to bring it back."
    session.flush()
    return True


def _wish(session: Session, shop_id: ShopId, row: Pair, state: str, now: datetime) -> None:
    row.state, row.revision_id, row.changed_at = state, new_id(), now
    session.flush()
    outbox.put(session, shop_id, "pair_publish", row.revision_id, now=now, lane=str(row.id))


def _refuse_twin(session: Session, shop_id: ShopId, wish: Wish, own_id: UUID) -> None:
    for row in tables.pairs(session, shop_id):
        if row.id != own_id and (row.first_product_id, row.second_product_id) == (wish.first_product_id, wish.second_product_id):
            raise Refused("pair", "These two products are a pair already.")


def _verdict(session: Session, shop_id: ShopId, row: Pair, currency: str, now: datetime) -> Verdict:
    beside = [take for version in programmes.open_versions(session, shop_id, now) for take in takes(version)]
    return _guard(session, shop_id, [row.terms().take(), *beside], currency)


def _guard(session: Session, shop_id: ShopId, asked: Sequence[Take], currency: str) -> Verdict:
    verdict = margin.check(session, shop_id, asked, currency=currency)
    if verdict.outcome == "refuse":
        raise Refused("margin", verdict.reason)
    return verdict


def _pair_takes(rows: Iterable[Pair]) -> list[Take]:
    return [row.terms().take() for row in rows]
