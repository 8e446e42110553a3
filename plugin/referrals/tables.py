"""Programmes, their versions, advocates, goals, magic links; and the queries on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.rules import Terms
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.desk import versions as made
from plugin.desk.versions import Done, Kept
from plugin.errors import NotFound
from plugin.people.tables import Person
from plugin.referrals.rules import Stored, Version, from_plain


class Programme(Kept, Base):
    """A merchant's standing rules under one name."""

    __tablename__ = "programmes"
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class ProgrammeVersion(Base):
    """What was published, for good. In force from ``since`` until ``until``; both are one for a version that was taken back before
    it began. ``told_at``: its advocates know (or need not); ``told_to``: the last one who was written to while that goes on."""

    __tablename__ = "programme_versions"
    __table_args__ = (UniqueConstraint("shop_id", "programme_id", "number"),)
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    programme_id: Mapped[UUID]
    number: Mapped[int]
    terms: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_to: Mapped[UUID | None]

    def version(self) -> Version:
        return from_plain(Stored(self.id, self.programme_id, self.number, self.since, self.until), self.terms)


class ProgrammeChange(Done, Base):
    """Who did what to a programme, when and why."""

    __tablename__ = "programme_changes"
    __table_args__ = (Index(None, "shop_id", "programme_id", "id"),)
    programme_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(String(300))


class Advocate(Base):
    """Who shares. Their link (slug and code) is the row of ``attribution.tables.Link`` with the same id."""

    __tablename__ = "advocates"
    __table_args__ = (UniqueConstraint("shop_id", "programme_id", "person_id"), Index(None, "shop_id", "person_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    person_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    how: Mapped[str] = mapped_column(String(16))  # order | account | magic_link | shop | test
    state: Mapped[str] = mapped_column(String(8))  # active | stopped
    named: Mapped[bool] = mapped_column(default=False)  # friends may read the first name: the advocate agreed
    words: Mapped[str | None] = mapped_column(String(500))  # their own text to send, with the link in it
    enrolled_at: Mapped[datetime]


class Card(Base):
    """An advocate lets everybody who has its address see how many friends they brought. Taking it back deletes the row, so that a later
    card has another address."""

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("shop_id", "advocate_id"), UniqueConstraint("shop_id", "secret"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    advocate_id: Mapped[UUID]
    secret: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]


class Goal(Base):
    """A number of friends that somebody like this advocate reaches, and how far they are. ``best`` never falls: what was told once is
    not told again after a refund."""

    __tablename__ = "goals"
    __table_args__ = (UniqueConstraint("shop_id", "advocate_id", "began"),
                      Index("ix_goals_open", "shop_id", "advocate_id", unique=True,
                            postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'")),
                      Index(None, "shop_id", "state", "ends_at", "id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    advocate_id: Mapped[UUID]
    began: Mapped[int]  # friends counted when it was set
    target: Mapped[int]
    best: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))  # open | reached | over
    evidence: Mapped[dict[str, Any]]  # rules.goals.Step: on whose history it was proposed
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class GoalStep(Base):
    """What advocates of a programme went on to reach from one place (``had`` friends, ``pace``: see rules.goals.place): the furthest step
    that is likely, worked out daily. ``reach`` of ``seen`` gained at least ``more`` within ``days``."""

    __tablename__ = "goal_steps"
    shop_id: Mapped[UUID] = shop_key()
    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    had: Mapped[int] = mapped_column(primary_key=True)
    pace: Mapped[int] = mapped_column(primary_key=True)
    more: Mapped[int]
    days: Mapped[int]
    reach: Mapped[int]
    seen: Mapped[int]
    made_at: Mapped[datetime]


class MagicLink(Base):
    """A link in a mail that shows one person their own page, once. Only a digest of its secret is kept."""

    __tablename__ = "magic_links"
    __table_args__ = (Index(None, "shop_id", "person_id", "made_at"), Index(None, "shop_id", "address_key", "made_at"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    person_id: Mapped[UUID | None]  # None: nobody we know asked; the row only counts towards the limits
    email_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def versions(session: Session, shop_id: ShopId) -> dict[UUID, Version]:
    """Every version ever published in this shop, by id."""
    rows = session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.shop_id == shop_id))
    return {row.id: row.version() for row in rows}


def terms(session: Session, shop_id: ShopId) -> dict[UUID, Terms]:
    """The same as attribution may see them."""
    return {key: version.terms() for key, version in versions(session, shop_id).items()}


def programme(session: Session, shop_id: ShopId, programme_id: UUID, *, lock: bool = False) -> Programme:
    """Raises NotFound, also for another shop's programme."""
    found = session.get(Programme, (shop_id, programme_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("programme")
    return found


def programmes(session: Session, shop_id: ShopId) -> Sequence[Programme]:
    """Oldest first."""
    return session.scalars(select(Programme).where(Programme.shop_id == shop_id).order_by(Programme.made_at, Programme.id)).all()


def current(session: Session, shop_id: ShopId, programme_id: UUID, now: datetime) -> ProgrammeVersion | None:
    """The version in force, or None while the programme is a draft, paused, or has not begun."""
    return session.scalar(
        select(ProgrammeVersion).join(Programme, (Programme.shop_id == ProgrammeVersion.shop_id)
                                      & (Programme.id == ProgrammeVersion.programme_id))
        .where(ProgrammeVersion.shop_id == shop_id, ProgrammeVersion.programme_id == programme_id, Programme.state == "live",
               _in_force(now)))


def upcoming(session: Session, shop_id: ShopId, programme_id: UUID, now: datetime) -> ProgrammeVersion | None:
    """The version that is published and comes into force later."""
    return session.scalar(select(ProgrammeVersion).where(
        ProgrammeVersion.shop_id == shop_id, ProgrammeVersion.programme_id == programme_id, ProgrammeVersion.since > now,
        ProgrammeVersion.until.is_(None)))


def coming(session: Session, shop_id: ShopId, now: datetime) -> list[Version]:
    """What is in force or comes into force later, of every programme that is not paused; oldest programme first."""
    rows = session.scalars(
        select(ProgrammeVersion).join(Programme, (Programme.shop_id == ProgrammeVersion.shop_id)
                                      & (Programme.id == ProgrammeVersion.programme_id))
        .where(ProgrammeVersion.shop_id == shop_id, Programme.state == "live",
               or_(ProgrammeVersion.until.is_(None), ProgrammeVersion.until > now))
        .order_by(Programme.made_at, Programme.id, ProgrammeVersion.number))
    return [row.version() for row in rows]


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(ProgrammeVersion.since <= now, or_(ProgrammeVersion.until.is_(None), ProgrammeVersion.until > now))


def last_version(session: Session, shop_id: ShopId, programme_id: UUID) -> ProgrammeVersion | None:
    return session.scalar(select(ProgrammeVersion).where(
        ProgrammeVersion.shop_id == shop_id, ProgrammeVersion.programme_id == programme_id)
        .order_by(ProgrammeVersion.number.desc()).limit(1))


def history(session: Session, shop_id: ShopId, programme_id: UUID) -> Sequence[ProgrammeVersion]:
    """Everything that was published of one programme, newest first."""
    return session.scalars(select(ProgrammeVersion).where(
        ProgrammeVersion.shop_id == shop_id, ProgrammeVersion.programme_id == programme_id)
        .order_by(ProgrammeVersion.number.desc())).all()


def changes(session: Session, shop_id: ShopId, programme_id: UUID, *, before: UUID | None = None, limit: int) -> Sequence[ProgrammeChange]:
    """What was done to one programme, newest first; ``before``: the last one of the page before."""
    return made.changes(session, ProgrammeChange, shop_id, ProgrammeChange.programme_id == programme_id, before=before, limit=limit)


def last_change(session: Session, shop_id: ShopId, programme_id: UUID, kind: str) -> ProgrammeChange | None:
    """The newest of this kind."""
    return made.last_change(session, ProgrammeChange, shop_id, ProgrammeChange.programme_id == programme_id, kind)


def change(session: Session, shop_id: ShopId, programme_id: UUID, change_id: UUID) -> ProgrammeChange:
    """Raises NotFound, also for another programme's."""
    found = session.get(ProgrammeChange, (shop_id, change_id))
    if found is None or found.programme_id != programme_id:
        raise NotFound("change")
    return found


def forget_staff(session: Session, shop_id: ShopId) -> None:
    """Who did it and why goes."""
    made.forget_staff(session, ProgrammeChange, shop_id, reason="")


def version_row(session: Session, shop_id: ShopId, version_id: UUID, *, lock: bool = False) -> ProgrammeVersion:
    """Raises NotFound."""
    found = session.get(ProgrammeVersion, (shop_id, version_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("version")
    return found


def active_advocates(session: Session, shop_id: ShopId, programme_id: UUID, *, before: datetime, after: UUID | None,
                     limit: int) -> list[tuple[UUID, Person]]:
    """Who takes part since ``before``, in the order of their ids behind ``after``, with the people that they are."""
    asked = (select(Advocate.id, Person).join(Person, (Person.shop_id == Advocate.shop_id) & (Person.id == Advocate.person_id))
             .where(Advocate.shop_id == shop_id, Advocate.programme_id == programme_id, Advocate.state == "active",
                    Advocate.enrolled_at < before).order_by(Advocate.id).limit(limit))
    rows = session.execute(asked.where(Advocate.id > after) if after else asked)
    return [(advocate_id, person) for advocate_id, person in rows]


def open_versions(session: Session, shop_id: ShopId, now: datetime) -> list[Version]:
    """The versions in force and within their dates, oldest programme first."""
    rows = session.scalars(
        select(ProgrammeVersion).join(Programme, (Programme.shop_id == ProgrammeVersion.shop_id)
                                      & (Programme.id == ProgrammeVersion.programme_id))
        .where(ProgrammeVersion.shop_id == shop_id, Programme.state == "live", _in_force(now)).order_by(Programme.made_at, Programme.id))
    return [version for version in (row.version() for row in rows) if version.open_at(now)]


def advocate(session: Session, shop_id: ShopId, advocate_id: UUID) -> Advocate:
    """Raises NotFound, also for another shop's advocate."""
    found = session.get(Advocate, (shop_id, advocate_id))
    if found is None:
        raise NotFound("advocate")
    return found


def advocates_of(session: Session, shop_id: ShopId, person_ids: Collection[UUID]) -> Sequence[Advocate]:
    """What these ids of one person became, in every programme, oldest first."""
    return session.scalars(select(Advocate).where(Advocate.shop_id == shop_id, Advocate.person_id.in_(person_ids))
                           .order_by(Advocate.id)).all()


def count_advocates(session: Session, shop_id: ShopId, programme_id: UUID) -> int:
    """How many take part in one programme."""
    return session.scalar(select(func.count()).select_from(Advocate).where(
        Advocate.shop_id == shop_id, Advocate.programme_id == programme_id, Advocate.state == "active")) or 0


def advocate_of(session: Session, shop_id: ShopId, person_ids: Collection[UUID], programme_id: UUID) -> Advocate | None:
    """The first that any of these ids of one person became."""
    return session.scalar(select(Advocate).where(
        Advocate.shop_id == shop_id, Advocate.programme_id == programme_id, Advocate.person_id.in_(person_ids))
        .order_by(Advocate.id).limit(1))
