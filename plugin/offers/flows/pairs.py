"""Saving and removing pairs, and publishing programmes beside them: what is saved has passed the margin guard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import Take, Verdict
from plugin.mirror import tables as mirror
from plugin.offers import tables
from plugin.offers.flows import publishing
from plugin.offers.rules import pairs as rules
from plugin.offers.tables import Pair
from plugin.outbox import flows as outbox
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.rules import Version, takes


class BelowFloor(Refused):
    """The worst cart under what was asked for would fall below the margin floor. ``verdict`` has the cart, with its numbers."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("margin", "The worst cart would fall below the margin floor.", **verdict.told())
        self.verdict = verdict


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
    row.combines, row.reason = ([], BelowFloor(verdict).plain()) if verdict.outcome == "separate" else (row.combines, {})
    session.add(row)
    _wish(session, shop_id, row, "publishing", now)
    return row


def remove_pair(session: Session, shop_id: ShopId, pair_id: UUID, *, now: datetime) -> Pair:
    """Take a pair out of the shop; its discount is deleted at Shopify. Raises NotFound."""
    row = tables.pair(session, shop_id, pair_id, lock=True)
    if row.state not in ("removing", "removed"):
        _wish(session, shop_id, row, "removing", now)
    return row


def publish_programme(session: Session, shop_id: ShopId, programme_id: UUID, *, currency: str, now: datetime, by: str | None = None,
                      revision: int | None = None, restoring: dict[str, Any] | None = None) -> tuple[Version, Verdict]:
    """Publish a programme's draft, or what it is to be restored to, beside the pairs that stand; as ``referrals.publish`` does.

    Where the worst cart with a pair would break the margin floor, the friend's discount will not combine with product
    discounts (the verdict tells the cart). Raises Refused("margin") where it breaks the floor even alone, and what
    ``referrals.publish`` raises.
    """
    programme = programmes.programme(session, shop_id, programme_id, lock=True)
    wanted = referrals.plain_version(referrals.to_publish(session, shop_id, programme, restoring))
    verdict = _guard(session, shop_id, [*takes(wanted), *_pair_takes(tables.pairs(session, shop_id))], currency)
    version = referrals.publish(session, shop_id, programme_id, now=now, by=by, revision=revision, restoring=restoring,
                                alone=verdict.outcome == "separate")
    publishing.guard_again(session, shop_id, now)
    return version, verdict


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
    show_again(session, shop_id, now)


def failed(session: Session, shop_id: ShopId, revision_id: UUID, why: str, *, now: datetime) -> None:
    """Shopify will not have this wish; the merchant reads why."""
    row = tables.by_revision(session, shop_id, revision_id, lock=True)
    if row is not None:
        row.state, row.reason = "failed", {"key": "pairs.why_shopify", "said": why[:500]}
        session.flush()
        show_again(session, shop_id, now)


def discount_gone(session: Session, shop_id: ShopId, external_id: str, now: datetime) -> bool:
    """The merchant deleted a pair's discount at Shopify: it is shown no more. Saving it again brings it back."""
    row = session.scalar(select(Pair).where(Pair.shop_id == shop_id, Pair.external_id == external_id, Pair.state.in_(tables.ON))
                         .with_for_update())
    if row is None:
        return False
    row.external_id, row.sent, row.at_shopify, row.changed_at = None, False, {}, now
    if row.state == "live":
        row.state, row.reason = "failed", {"key": "pairs.why_deleted"}
    session.flush()
    show_again(session, shop_id, now)
    return True


def renamed(session: Session, shop_id: ShopId, product_id: str, now: datetime) -> None:
    """A product has another address: the pages that name it beside theirs must learn it."""
    if tables.is_live(session, shop_id, product_id):
        show_again(session, shop_id, now)


def installed(session: Session, shop_id: ShopId, now: datetime) -> None:
    """What an installation keeps in the shop goes with it; a new one is told again."""
    if tables.live(session, shop_id):
        show_again(session, shop_id, now)


def show_again(session: Session, shop_id: ShopId, now: datetime) -> None:
    """The shop's pages must read anew which pairs stand. Each telling is whole, so any number of them may be one."""
    outbox.put(session, shop_id, "pairs_show", new_id(), now=now, lane="pairs")


def standing(session: Session, shop_id: ShopId) -> dict[str, dict[str, list[rules.Choice]]]:
    """What the shop's pages should read now, by metafield."""
    rows = tables.live(session, shop_id)
    ids = sorted({one for row in rows for one in (row.first_product_id, row.second_product_id)})
    return rules.placed([row.terms() for row in rows], mirror.handles(session, shop_id, ids))


def _wish(session: Session, shop_id: ShopId, row: Pair, state: str, now: datetime) -> None:
    """What is shown is what stands: a pair that is on its way to something else leaves the pages until it is there."""
    was_live = row.state == "live"
    row.state, row.revision_id, row.changed_at = state, new_id(), now
    session.flush()
    outbox.put(session, shop_id, "pair_publish", row.revision_id, now=now, lane=str(row.id))
    if was_live:
        show_again(session, shop_id, now)


def _refuse_twin(session: Session, shop_id: ShopId, wish: Wish, own_id: UUID) -> None:
    for row in tables.pairs(session, shop_id):
        if row.id != own_id and (row.first_product_id, row.second_product_id) == (wish.first_product_id, wish.second_product_id):
            raise Refused("pair", "These two products are a pair already.", key="errors.pair_twin")


def _verdict(session: Session, shop_id: ShopId, row: Pair, currency: str, now: datetime) -> Verdict:
    beside = [take for version in programmes.open_versions(session, shop_id, now) for take in takes(version)]
    return _guard(session, shop_id, [row.terms().take(), *beside], currency)


def _guard(session: Session, shop_id: ShopId, asked: Sequence[Take], currency: str) -> Verdict:
    verdict = margin.check(session, shop_id, asked, currency=currency)
    if verdict.outcome == "refuse":
        raise BelowFloor(verdict)
    return verdict


def _pair_takes(rows: Iterable[Pair]) -> list[Take]:
    return [row.terms().take() for row in rows]
