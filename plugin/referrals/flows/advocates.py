"""Becoming an advocate: in one tap after an order, in the account, by a link in a mail, or by the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import owning
from plugin.attribution import tables as attribution
from plugin.attribution.rules import code_key, new_code, slug_prefix
from plugin.attribution.rules.codes import OWN_LENGTH
from plugin.attribution.tables import Link
from plugin.db import ShopId, insert_once, new_id
from plugin.desk import flows as desk
from plugin.desk.flows import Ask
from plugin.errors import Refused
from plugin.intake import flows as intake
from plugin.mirror import tables as mirror
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.people.tables import Person
from plugin.referrals import tables
from plugin.referrals.rules import Version
from plugin.referrals.rules.places import nearest
from plugin.referrals.tables import Advocate
from plugin.shops import tables as shops

How = Literal["order", "account", "magic_link", "shop", "test"]
TESTER = "advocate@tandem.invalid"  # RFC 2606: no mailbox, ever


@dataclass(frozen=True, slots=True)
class After:
    """What asking for a link came to. ``waiting``: the order has not reached us yet; ``none``: there is nothing to share."""

    state: Literal["ready", "waiting", "none"]
    link: Link | None = None
    version: Version | None = None


NONE = After("none")


def enrol_after_order(session: Session, shop_id: ShopId, order_id: str, *, now: datetime) -> After:
    """The link of whoever placed this order. The order id may come from any browser: nothing but the link comes back."""
    row = mirror.row_of(session, shop_id, order_id)
    if row is None:
        return After("waiting")
    if row.person_id is None or row.test or row.cancelled_at is not None:
        return NONE
    return _ready(session, shop_id, people_tables.get(session, shop_id, row.person_id), "order", now)


def enrol_customer(session: Session, shop_id: ShopId, customer_id: str, *, now: datetime) -> After:
    """The link of a customer who is logged in (the credential says so)."""
    return _ready(session, shop_id, people.meet(session, shop_id, customer_id=customer_id, now=now), "account", now)


def enrol_person(session: Session, shop_id: ShopId, person_id: UUID, *, now: datetime) -> After:
    """The link of somebody who came by a magic link."""
    return _ready(session, shop_id, people_tables.get(session, shop_id, person_id), "magic_link", now)


def standing(session: Session, shop_id: ShopId, person_id: UUID, *, now: datetime) -> After:
    """The link that somebody has in a running programme. Nobody is enrolled by looking."""
    joined = {one.programme_id: one for one in tables.advocates_of(session, shop_id, people_tables.all_ids(session, shop_id, person_id))
              if one.state == "active"}
    for version in nearest(tables.open_versions(session, shop_id, now), _country(_orders(session, shop_id, person_id))):
        if version.programme_id in joined:
            return After("ready", session.get_one(Link, (shop_id, joined[version.programme_id].id)), version)
    return NONE


def invite(session: Session, shop_id: ShopId, programme_id: UUID, *, email: str, now: datetime) -> Link:
    """The shop enrols somebody by e-mail address. Raises NotFound, or Refused for a programme that does not run or no address."""
    if tables.current(session, shop_id, programme_id, now) is None:
        raise Refused("not_live", "This programme is not running.")
    if people.key_of_email(session, shop_id, email) is None:
        raise Refused("email", "This is not an e-mail address.")
    return enrol(session, shop_id, people.meet(session, shop_id, email=email, now=now).id, programme_id, how="shop", now=now)


def try_out(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime) -> Link:
    """The shop's own test advocate of a programme: nobody's, recognised like any other, never rewarded. Raises NotFound."""
    tables.programme(session, shop_id, programme_id)
    return enrol(session, shop_id, people.meet(session, shop_id, email=TESTER, now=now).id, programme_id, how="test", now=now)


def enrol(session: Session, shop_id: ShopId, person_id: UUID, programme_id: UUID, *, how: How, now: datetime) -> Link:
    """Make an advocate, once per person and programme; enrolling again gives the same link."""
    known = people_tables.all_ids(session, shop_id, person_id)
    before = tables.advocate_of(session, shop_id, known, programme_id)
    if before is not None:
        return session.get_one(Link, (shop_id, before.id))
    made = insert_once(session, Advocate, {"shop_id": shop_id, "id": new_id(), "person_id": person_id, "programme_id": programme_id,
                                           "how": how, "state": "active", "enrolled_at": now})
    advocate = tables.advocate_of(session, shop_id, known, programme_id)
    assert advocate is not None
    if made:
        _new_link(session, shop_id, advocate, now, test=how == "test")
    return session.get_one(Link, (shop_id, advocate.id))


def stop(session: Session, shop_id: ShopId, advocate_id: UUID, *, now: datetime, staff: str | None = None, reason: str = "") -> Advocate:
    """From now on an advocate takes no part: the link says so, and later orders earn nothing. Raises NotFound."""
    advocate, link = _both(session, shop_id, advocate_id)
    if advocate.state == "stopped":
        return advocate
    advocate.state = link.state = "stopped"
    link.stopped_at = now
    desk.note(session, shop_id, f"advocate:{advocate_id}", "stopped", Ask(staff, reason, now))
    session.flush()
    owning.changed(session, shop_id, [advocate_id], now)
    return advocate


def resume(session: Session, shop_id: ShopId, advocate_id: UUID, ask: Ask) -> Advocate:
    """An advocate takes part again. What was placed meanwhile earns nothing, for good; unless the stop itself is undone: then it is as
    if it had not been, and orders refused for it are settled anew. Raises NotFound, or Refused("active")."""
    advocate, link = _both(session, shop_id, advocate_id)
    if advocate.state == "active" or link.stopped_at is None:
        raise Refused("active", "This advocate takes part already.")
    if ask.undo:
        for order_id in attribution.refused_orders(session, shop_id, advocate_id, reason="advocate_stopped", since=link.stopped_at):
            intake.tell(session, shop_id, "order/settle", order_id, ask.now)
    else:
        link.gaps = [*(link.gaps or ()), [link.stopped_at.isoformat(), ask.now.isoformat()]]
    advocate.state = link.state = "active"
    link.stopped_at = None
    desk.note(session, shop_id, f"advocate:{advocate_id}", "resumed", ask)
    session.flush()
    owning.changed(session, shop_id, [advocate_id], ask.now)
    return advocate


def _both(session: Session, shop_id: ShopId, advocate_id: UUID) -> tuple[Advocate, Link]:
    advocate = tables.advocate(session, shop_id, advocate_id)
    return advocate, session.get_one(Link, (shop_id, advocate_id), with_for_update=True, populate_existing=True)


def _ready(session: Session, shop_id: ShopId, person: Person, how: How, now: datetime) -> After:
    """The person's link in the running programme of their country that they may join or have joined, the oldest first; where none is
    for their country, in one for everywhere."""
    if person.redacted_at is not None:
        return NONE
    known, orders = people_tables.all_ids(session, shop_id, person.id), _orders(session, shop_id, person.id)
    for version in nearest(tables.open_versions(session, shop_id, now), _country(orders)):
        joined = tables.advocate_of(session, shop_id, known, version.programme_id)
        if joined is None and not _may_join(version, orders):
            continue
        if joined is None or joined.state == "active":
            return After("ready", enrol(session, shop_id, person.id, version.programme_id, how=how, now=now), version)
    return NONE


def _orders(session: Session, shop_id: ShopId, person_id: UUID) -> list[mirror.Order]:
    """Those that tell something about who placed them, newest first."""
    return [order for order in mirror.orders_of_person(session, shop_id, person_id) if not order.test and order.cancelled_at is None]


def _country(orders: Sequence[mirror.Order]) -> str | None:
    """Where they bought last."""
    return orders[0].country if orders else None


def _may_join(version: Version, orders: Sequence[mirror.Order]) -> bool:
    return bool(orders) if version.enrol == "after_order" else version.enrol == "everyone"


def _new_link(session: Session, shop_id: ShopId, advocate: Advocate, now: datetime, *, test: bool) -> None:
    """The readable part of a link is the shop's name, never the person's: a link may be asked for by anybody with an order id."""
    prefix = slug_prefix(shops.get(session, shop_id).name)
    while True:
        code = new_code(OWN_LENGTH)
        row = {"shop_id": shop_id, "id": advocate.id, "programme_id": advocate.programme_id, "person_id": advocate.person_id,
               "slug": f"{prefix}-{code.lower()}", "code": code, "code_key": code_key(code), "state": "active", "made_at": now,
               "test": test}
        if insert_once(session, Link, row):
            owning.changed(session, shop_id, [advocate.id], now)
            return
