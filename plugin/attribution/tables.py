"""Links, visits, claims, codes and decisions as rows, and the queries on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.people.tables import Person


class Link(Base):
    """What an advocate (later: a partner) shares. ``id`` is the advocate's own id; ``slug`` and ``code_key`` are found by friends."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("shop_id", "slug"), UniqueConstraint("shop_id", "code_key"),
                      Index(None, "shop_id", "person_id"), Index(None, "shop_id", "state", "made_at", "id"),
                      Index(None, "shop_id", "state", "friends", "id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    slug: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))  # active | stopped
    stopped_at: Mapped[datetime | None]  # orders placed from then on earn nothing; earlier ones keep what they earned
    gaps: Mapped[list[Any] | None]  # [from, until) of stops that are over: what was placed in one earns nothing, for good
    friends: Mapped[int] = mapped_column(default=0)  # orders attributed to it, counted anew whenever one comes or goes
    made_at: Mapped[datetime]
    test: Mapped[bool] = mapped_column(default=False)  # the shop tries itself out; never rewarded


class Followed:
    """A followed link, at most one an hour per link and device. The keys are hashes, and go when they are old."""

    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    device_key: Mapped[str | None] = mapped_column(String(64))
    address_key: Mapped[str | None] = mapped_column(String(64))  # of the network address alone, for limits
    at: Mapped[datetime]


Kind = TypeVar("Kind", bound=Followed)


class Visit(Followed, Base):
    """An advocate's link was followed. ``token`` is what the storefront carries back to us; ``source``: what was
    opened, the link itself or its advocate's card."""

    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("shop_id", "token"), Index(None, "shop_id", "device_key", "at"),
                      Index(None, "shop_id", "address_key", "at"), Index(None, "shop_id", "advocate_id", "at"))
    advocate_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    version_id: Mapped[UUID]
    token: Mapped[str | None] = mapped_column(String(255))
    landing: Mapped[str] = mapped_column(String(255), default="/")
    source: Mapped[str] = mapped_column(String(8), default="link")  # link | card


class Claim(Base):
    """A friend asked for a code. It is kept while the pool is empty; ``nonce`` makes a second tap the same claim."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("shop_id", "nonce"), Index(None, "shop_id", "device_key", "at"),
                      Index(None, "shop_id", "version_id", "state", "at"), Index(None, "shop_id", "advocate_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    nonce: Mapped[str] = mapped_column(String(64))
    advocate_id: Mapped[UUID]
    version_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    code_id: Mapped[UUID | None]
    device_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))  # waiting | given | codeless | lapsed
    at: Mapped[datetime]


class Code(Base):
    """One single-use redeem code. Friend codes wait in the pool until claimed; a reward code belongs to its reward from birth."""

    __tablename__ = "codes"
    __table_args__ = (UniqueConstraint("shop_id", "code_key"), Index(None, "shop_id", "version_id", "kind", "state"),
                      Index(None, "shop_id", "state", "lapses_at"), Index(None, "shop_id", "discount_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    code: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))  # friend | reward
    state: Mapped[str] = mapped_column(String(16))  # planned adding ready claimed used lapsed deleted failed
    discount_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column(String(32))
    version_id: Mapped[UUID]
    advocate_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    reward_id: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]  # of the shared discount it hangs on
    made_at: Mapped[datetime]


class Decision(Base):
    """Why this order was attributed or not; replaced as a whole when the order is decided anew. ``net``: minor units of
    ``currency`` that came in with its goods and remained then; nothing of an order that is unpaid or dead."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "shop_id", "advocate_id", "ordered_at"), Index(None, "shop_id", "ordered_at"),
                      Index("ix_decisions_figures", "shop_id", "verdict", "ordered_at", "currency", "net"),  # read without the rows
                      Index(None, "shop_id", "verdict", "net", "order_id"),
                      Index("ix_decisions_reason", "shop_id", "reason", "ordered_at",
                            postgresql_where=text("reason is not null"), sqlite_where=text("reason is not null")))
    shop_id: Mapped[UUID] = shop_key()
    order_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(16))
    advocate_id: Mapped[UUID | None]
    programme_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    code_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    manual_id: Mapped[UUID | None]  # the advocate whom the merchant named
    counted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # advocate id → earlier orders counted when first decided
    visits: Mapped[list[Any]] = mapped_column(default=list)  # ids of all visits looked at: device keys are not kept for ever
    trace: Mapped[list[Any]]
    ordered_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int]


def decision(session: Session, shop_id: ShopId, order_id: str) -> Decision | None:
    """The stored decision of an order, None before it was first settled."""
    return session.get(Decision, (shop_id, order_id))


def brought(session: Session, shop_id: ShopId, order_id: str) -> UUID | None:
    """Whose the order is by its stored decision, whatever the verdict."""
    row = decision(session, shop_id, order_id)
    return row.advocate_id if row else None


def friend_codes(session: Session, shop_id: ShopId, keys: Collection[str]) -> dict[str, Code]:
    """Friend codes by key; what matches no code of this shop is left out."""
    rows = session.scalars(select(Code).where(Code.shop_id == shop_id, Code.code_key.in_(keys), Code.kind == "friend"))
    return {row.code_key: row for row in rows}


def visits_by_token(session: Session, shop_id: ShopId, tokens: Collection[str]) -> Sequence[Visit]:
    return session.scalars(select(Visit).where(Visit.shop_id == shop_id, Visit.token.in_(tokens))).all() if tokens else []


def visits_by_id(session: Session, shop_id: ShopId, ids: Collection[UUID]) -> Sequence[Visit]:
    return session.scalars(select(Visit).where(Visit.shop_id == shop_id, Visit.id.in_(ids))).all() if ids else []


def visits_of_orders(session: Session, shop_id: ShopId, order_ids: Collection[str]) -> frozenset[UUID]:
    """The visits that these orders were decided by, whatever the verdict was."""
    rows = session.scalars(select(Decision.visit_id).where(Decision.shop_id == shop_id, Decision.order_id.in_(order_ids)))
    return frozenset(visit_id for visit_id in rows if visit_id is not None)


def visits_before(session: Session, shop_id: ShopId, device_key: str, *, at: datetime) -> Sequence[Visit]:
    """Earlier visits of one device, newest first, at most 50."""
    return session.scalars(select(Visit).where(Visit.shop_id == shop_id, Visit.device_key == device_key, Visit.at < at)
                           .order_by(Visit.at.desc()).limit(50)).all()


def links(session: Session, shop_id: ShopId, ids: Collection[UUID], *, lock: bool = False) -> Sequence[Link]:
    """Links by advocate; locked in one fixed order where the database can, so that two counts of one cap cannot interleave."""
    asked = select(Link).where(Link.shop_id == shop_id, Link.id.in_(ids)).order_by(Link.id)
    return session.scalars(asked.with_for_update() if lock else asked).all() if ids else []


def people_behind(session: Session, shop_id: ShopId, advocate_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Advocate id → the person."""
    rows = session.execute(select(Link.id, Person).join(Person, (Person.shop_id == Link.shop_id) & (Person.id == Link.person_id))
                           .where(Link.shop_id == shop_id, Link.id.in_(advocate_ids)))
    return {advocate_id: person for advocate_id, person in rows}


def link_by_slug(session: Session, shop_id: ShopId, slug: str) -> Link | None:
    """By the whole of it, or by the code at its end, which is all that a text message has room for."""
    given = slug.lower()[:64]
    return session.scalar(select(Link).where(Link.shop_id == shop_id, or_(Link.slug == given, Link.code_key == given)))


def links_by_code(session: Session, shop_id: ShopId, keys: Collection[str]) -> Sequence[Link]:
    return session.scalars(select(Link).where(Link.shop_id == shop_id, Link.code_key.in_(keys)).order_by(Link.id)).all() if keys else []


def count_decisions(session: Session, shop_id: ShopId, advocate_id: UUID, *, before: datetime, since: datetime | None) -> int:
    """Orders attributed to an advocate, by the time they were placed, in [since, before)."""
    placed: list[ColumnElement[bool]] = [Decision.ordered_at < before]
    if since is not None:
        placed.append(Decision.ordered_at >= since)
    return session.scalar(select(func.count()).select_from(Decision).where(
        Decision.shop_id == shop_id, Decision.advocate_id == advocate_id, Decision.verdict == "attributed", *placed)) or 0


def refused_orders(session: Session, shop_id: ShopId, advocate_id: UUID, *, reason: str, since: datetime) -> Sequence[str]:
    """Orders that this advocate brought and that were refused for one reason, placed since then; at most 500."""
    return session.scalars(select(Decision.order_id).where(
        Decision.shop_id == shop_id, Decision.advocate_id == advocate_id, Decision.reason == reason, Decision.ordered_at >= since)
        .order_by(Decision.ordered_at).limit(500)).all()


def count_by_advocate(session: Session, shop_id: ShopId, advocate_ids: Collection[UUID]) -> dict[UUID, int]:
    """Orders attributed to each of these advocates; who has none is left out."""
    rows = session.execute(select(Decision.advocate_id, func.count()).where(
        Decision.shop_id == shop_id, Decision.advocate_id.in_(advocate_ids), Decision.verdict == "attributed")
        .group_by(Decision.advocate_id))
    return {advocate_id: count for advocate_id, count in rows if advocate_id is not None}


def friends_path(session: Session, shop_id: ShopId, advocate_id: UUID) -> tuple[int, int, int]:
    """How many visits this advocate's link had, how many of them came from the card, and how many codes were claimed."""
    visits, claims = (select(func.count()).select_from(table).where(table.shop_id == shop_id, table.advocate_id == advocate_id)
                      for table in (Visit, Claim))
    counts = (visits, visits.where(Visit.source == "card"), claims)
    told = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return told[0], told[1], told[2]


def brought_by(session: Session, shop_id: ShopId, advocate_id: UUID, *, limit: int) -> Sequence[Decision]:
    """What was decided about orders that this advocate brought or tried to bring, newest first."""
    return session.scalars(select(Decision).where(Decision.shop_id == shop_id, Decision.advocate_id == advocate_id)
                           .order_by(Decision.ordered_at.desc()).limit(limit)).all()


def last_visit(session: Session, table: type[Kind], shop_id: ShopId, whose: ColumnElement[bool], *, device_key: str,
               after: datetime) -> Kind | None:
    """The newest of one device. ``whose``: which link."""
    return session.scalar(select(table).where(table.shop_id == shop_id, table.device_key == device_key, whose, table.at > after)
                          .order_by(table.at.desc()).limit(1))


def count_visits(session: Session, table: type[Followed], shop_id: ShopId, *, since: datetime, address_key: str) -> int:
    """Visits recorded from one network address."""
    return session.scalar(select(func.count()).select_from(table).where(
        table.shop_id == shop_id, table.address_key == address_key, table.at >= since)) or 0


def count_claims(session: Session, shop_id: ShopId, device_key: str, *, since: datetime) -> int:
    """Claims by one device over all links of the shop."""
    return session.scalar(select(func.count()).select_from(Claim).where(
        Claim.shop_id == shop_id, Claim.device_key == device_key, Claim.at >= since)) or 0
