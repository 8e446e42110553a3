"""Codes to and from Shopify: added in batches to their shared discount, confirmed by asking, deleted one by one.

A code is chosen and stored before anything is sent. Shopify allows a code once in a shop, so after a lost answer the same
codes can be sent again; before that each is looked up, and one that is there is ours only if it hangs on our discount.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.attribution.tables import Code
from plugin.context import Context
from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.rewards import reads, rules, tables
from plugin.rewards.flows import codes as flows
from plugin.rewards.flows import discount_gone, too_old
from plugin.rewards.tables import Batch, Discount
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

POLL_SECONDS = 1.0
DISCOUNT_SECONDS = 1.0
STALE_SECONDS = 60.0
FAILED_SECONDS = 900.0
"""Minor units by which two sums of the same order may differ through rounding."""


@dataclass(frozen=True, slots=True)
class Work:
    """One code to add. ``suspect``: it may have been sent before. ``basis``: the order's worth that its reward rests on.
    ``old``: Shopify may not show that order any more."""

    lease: Lease
    code_id: UUID
    code: str
    suspect: bool
    order_id: str | None
    basis: int
    old: bool


def add_codes(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Codes of one shared discount, at most 250."""
    with context.transaction() as session:
        discount, work = _read(session, leases)
    if discount is None or discount.external_id is None or not work:
        return
    api = shops.admin_api(context, leases[0].shop_id)
    found = {one.code_id: there for one in work if one.suspect and (there := _ours(api, discount, one.code))}
    standing = _orders_hold(api, work)
    with context.transaction() as session:
        batch = _about_to_send(session, discount, work, found, standing)
    if batch is None:
        return
    failpoint.reach("K7")
    external_id = _send(api, discount, [one.code for one in work if str(one.code_id) in batch.code_ids])
    failpoint.reach("K8")
    with context.transaction() as session:
        for one in work:
            if str(one.code_id) in batch.code_ids:
                outbox.finish(session, one.lease)
        _note_sent(session, session.get_one(Batch, (batch.shop_id, batch.id)), discount, external_id)
        failpoint.reach("K9")


def _read(session: Session, leases: Sequence[Lease]) -> tuple[Discount | None, list[Work]]:
    """What of this is still to do. What is not is closed here; what must wait for its discount waits."""
    shop_id = leases[0].shop_id
    codes = {code.id: code for code in flows.codes_of(session, shop_id, [lease.subject_id for lease in leases])}
    rewards = flows.rewards_of(session, shop_id, list(codes.values()))
    old = too_old(session, shop_id, [reward.earned_by for reward in rewards.values() if reward.earned_by], clock.now())
    work: list[Work] = []
    discount: Discount | None = None
    for lease in leases:
        code = codes.get(lease.subject_id)
        reward = rewards.get(code.reward_id) if code is not None and code.reward_id else None
        if code is None or code.discount_id is None or not _is_wanted(code, reward):
            outbox.finish(session, lease)
            continue
        discount = discount or tables.discount(session, shop_id, code.discount_id)  # one lane, one discount
        if discount.state == "failed":
            # The discount's own delivery is the dead letter that a person reads and retries; its codes follow it.
            outbox.postpone(session, lease, seconds=FAILED_SECONDS, error=discount.error or "Shopify refused the discount.", failed=False)
        elif discount.state != "ready":
            outbox.postpone(session, lease, seconds=DISCOUNT_SECONDS, failed=False)
        else:
            work.append(Work(lease, code.id, code.code, code.state == "adding", reward.earned_by if reward else None,
                             reward.basis if reward else 0, reward is not None and reward.earned_by in old))
    return discount, work


def _is_wanted(code: Code, reward: tables.Reward | None) -> bool:
    if code.state not in flows.UNCERTAIN:
        return False
    return reward is None or (reward.state in rules.LEAVING and reward.code_id == code.id)


def _ours(api: AdminApi, discount: Discount, code: str) -> str | None:
    """The redeem code's digits, if this code hangs on our discount ("0" where Shopify does not say)."""
    found = reads.find_code(api, code)
    return (found.redeem_id or "0") if found and found.discount_id == discount.external_id else None


def _orders_hold(api: AdminApi, work: Sequence[Work]) -> set[str]:
    """The orders that still carry what our mirror believes. The others wait until the mirror has caught up."""
    asked = {one.order_id: one for one in work if one.order_id}
    now = reads.orders_now(api, list(asked))
    return {id for id, order in now.items() if order.carries(asked[id].basis, old=asked[id].old)}


def _about_to_send(session: Session, discount: Discount, work: Sequence[Work], found: dict[UUID, str],
                   standing: set[str]) -> Batch | None:
    """Record the codes that are there already, let stale ones wait, and write down what is about to be sent."""
    shop_id, now = work[0].lease.shop_id, clock.now()
    codes = {code.id: code for code in flows.codes_of(session, shop_id, [one.code_id for one in work])}
    rewards = flows.rewards_of(session, shop_id, list(codes.values()))
    flows.confirm_codes(session, shop_id, [codes[id] for id in found], {id: there for id, there in found.items() if there != "0"}, now)
    sending: list[str] = []
    for one in work:
        outbox.hold_on(session, one.lease)
        code = codes[one.code_id]
        reward = rewards.get(code.reward_id) if code.reward_id else None
        if code.id in found or not _is_wanted(code, reward):
            outbox.finish(session, one.lease)
        elif one.order_id and one.order_id not in standing:
            outbox.postpone(session, one.lease, seconds=STALE_SECONDS, error="the order has changed at Shopify", failed=False)
        else:
            code.state = "adding"
            if reward is not None:
                reward.sent, reward.state = True, "issuing"
            sending.append(str(code.id))
    if not sending:
        return None
    batch = Batch(shop_id=shop_id, id=new_id(), discount_id=discount.id, code_ids=sending, state="sent", made_at=now)
    session.add(batch)
    return batch


def _note_sent(session: Session, batch: Batch, discount: Discount, external_id: str | None) -> None:
    batch.external_id, batch.state = external_id, "polling" if external_id else "done"
    if external_id is None:
        discount_gone(session, ShopId(batch.shop_id), str(discount.external_id), clock.now())
    else:
        outbox.put(session, ShopId(batch.shop_id), "codes_poll", batch.id, now=clock.now())


def _send(api: AdminApi, discount: Discount, codes: Sequence[str]) -> str | None:
    """The digits of Shopify's job that adds them; None where the merchant has deleted the discount."""
    try:
        answer = api.call("redeem_codes_add", discountId=gid.make("DiscountCodeNode", str(discount.external_id)),
                          codes=[{"code": code} for code in codes])
    except UserErrors:
        if reads.find_code(api, discount.seed) is not None:
            raise
        return None
    return gid.digits(answer["discountRedeemCodeBulkAdd"]["bulkCreation"]["id"])


def poll_codes(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Batches whose codes Shopify is adding."""
    for lease in leases:
        _poll(context, lease)


def _poll(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        batch = session.get_one(Batch, (lease.shop_id, lease.subject_id))
        if batch.state == "done":
            outbox.finish(session, lease)
            return
        discount = tables.discount(session, lease.shop_id, batch.discount_id)
        codes = flows.codes_of(session, lease.shop_id, [UUID(id) for id in batch.code_ids])
    api = shops.admin_api(context, lease.shop_id)
    creation = api.call("redeem_codes_progress", id=gid.make("DiscountRedeemCodeBulkCreation", str(batch.external_id)))
    progress = creation["discountRedeemCodeBulkCreation"]
    if progress is not None and not progress["done"]:
        with context.transaction() as session:
            outbox.postpone(session, lease, seconds=POLL_SECONDS, failed=False)
        return
    clean = progress is not None and not progress["failedCount"]
    there = {code.id: "0" for code in codes} if clean else _sort_out(api, discount, batch, codes)
    _record(context, lease, there)
    failpoint.reach("K10")


def _sort_out(api: AdminApi, discount: Discount, batch: Batch, codes: Sequence[Code]) -> dict[UUID, str]:
    """Which of the codes are ours after all. A refused one may be there from an earlier send; only a look tells."""
    added, _ = reads.failed_codes(api, str(batch.external_id))
    there: dict[UUID, str] = {}
    for code in codes:
        redeem_id = added.get(code.code) or _ours(api, discount, code.code)
        if redeem_id is not None:
            there[code.id] = redeem_id
    return there


def _record(context: Context, lease: Lease, there: dict[UUID, str]) -> None:
    with context.transaction() as session:
        outbox.finish(session, lease)
        batch = session.get_one(Batch, (lease.shop_id, lease.subject_id))
        batch.state = "done"
        codes = flows.codes_of(session, lease.shop_id, [UUID(id) for id in batch.code_ids])
        added = [code for code in codes if code.id in there]
        flows.confirm_codes(session, lease.shop_id, added, {id: found for id, found in there.items() if found != "0"}, clock.now())
        flows.reject_codes(session, lease.shop_id, [code for code in codes if code.id not in there], clock.now())
        failpoint.reach("K9")


def delete_codes(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Codes that must stop working. Finished when Shopify no longer finds them, however often it was asked."""
    shop_id = leases[0].shop_id
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        codes = {code.id: code for code in flows.codes_of(session, shop_id, [lease.subject_id for lease in leases])}
        discounts: dict[UUID | None, Discount] = {code.discount_id: tables.discount(session, shop_id, code.discount_id)
                     for code in codes.values() if code.discount_id}
    api = shops.admin_api(context, shop_id)
    still = {code.id: found for code in codes.values() if (found := _still_there(api, code, discounts))}
    for discount_id in {codes[id].discount_id for id in still}:
        ids = [gid.make("DiscountRedeemCode", still[id]) for id in still if codes[id].discount_id == discount_id]
        external_id = str(discounts[discount_id].external_id)
        _delete(api, external_id, ids)
    with context.transaction() as session:
        gone = [lease for lease in leases if lease.subject_id not in still]
        for lease in leases:
            if lease in gone:
                outbox.finish(session, lease)
            else:
                outbox.postpone(session, lease, seconds=POLL_SECONDS * 2.0 ** min(lease.attempts - 1, 8), error="being deleted")
        flows.close_codes(session, shop_id, flows.codes_of(session, shop_id, [lease.subject_id for lease in gone]), clock.now())


def _still_there(api: AdminApi, code: Code, discounts: dict[UUID | None, Discount]) -> str | None:
    """The redeem code to delete; None if no such code hangs on our discount. Never touches anybody else's code."""
    discount = discounts.get(code.discount_id)
    if discount is None or discount.external_id is None:
        return None
    found = reads.find_code(api, code.code)
    if found is None or found.discount_id != discount.external_id:
        return None
    redeem_id = found.redeem_id or code.external_id
    if redeem_id is None:
        raise Refused("code", "Shopify finds the code but does not tell its id.", code_id=str(code.id))
    return redeem_id


def _delete(api: AdminApi, discount_id: str, ids: Sequence[str]) -> None:
    try:
        api.call("redeem_codes_delete", discountId=gid.make("DiscountCodeNode", discount_id), ids=list(ids))
    except UserErrors as refused:
        if refused.codes and not set(refused.codes) <= {"INVALID", "MISSING_ARGUMENT"}:
            raise
