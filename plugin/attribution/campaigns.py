"""The register of a shop's campaigns: by what number discounts know one, by what link or code its shoppers prove that they came from it,
what its link opens, who followed it, and who changed it.

A campaign is one partner's: whoever recommends the shop by its link. docs/offers.md, "Carriers".
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.rules.codes import ALPHABET, prefix, slug_prefix
from plugin.attribution.tables import Followed
from plugin.db import Base, ShopId, new_id, own_key, shop_key
from plugin.desk import versions as made
from plugin.desk.versions import Written
from plugin.errors import NotFound, Refused

FIRST_NUMBER, LAST_NUMBER = 100, 4_999
"""Those of campaigns among the marks of a shopper."""
LONGEST_NAME, CHANCE, MOST_HISTORY = 80, 6, 25
Opens = Literal["landing", "shop"]
Kind = Literal["made", "changed", "stopped", "resumed"]


@dataclass(frozen=True, slots=True)
class Said:
    """What the merchant says of a campaign. ``public_name``: who recommends the shop, as shoppers read it, or empty; ``opens``: what its
    link leads to first."""

    name: str
    public_name: str = ""
    opens: str = "landing"


class Campaign(Base):
    """``slug`` is the end of its link; codes that begin with ``prefix`` belong to it. A stopped one proves nothing new; its number is
    never given again."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("shop_id", "number"), UniqueConstraint("shop_id", "slug"), UniqueConstraint("shop_id", "prefix"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    public_name: Mapped[str] = mapped_column(String(80))
    opens: Mapped[str] = mapped_column(String(8))  # Opens
    slug: Mapped[str] = mapped_column(String(40))
    prefix: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))  # active | stopped
    made_at: Mapped[datetime]

    def said(self) -> Said:
        return Said(self.name, self.public_name, self.opens)


class CampaignChange(Written, Base):
    """Who made a campaign what it then said, or stopped it or let it go on, and when."""

    __tablename__ = "campaign_changes"
    __table_args__ = (Index(None, "shop_id", "campaign_id", "id"),)
    campaign_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(8))  # Kind
    name: Mapped[str] = mapped_column(String(80))
    public_name: Mapped[str] = mapped_column(String(80))
    opens: Mapped[str] = mapped_column(String(8))


class CampaignVisit(Followed, Base):
    """A campaign's followed link. ``taken_at``: when goods were put into the cart from its landing page, if they were."""

    __tablename__ = "campaign_visits"
    __table_args__ = (Index(None, "shop_id", "device_key", "at"), Index(None, "shop_id", "address_key", "at"),
                      Index(None, "shop_id", "campaign_id", "at"))
    campaign_id: Mapped[UUID]
    taken_at: Mapped[datetime | None]


def of_shop(session: Session, shop_id: ShopId) -> Sequence[Campaign]:
    """Newest first."""
    return session.scalars(select(Campaign).where(Campaign.shop_id == shop_id).order_by(Campaign.number.desc())).all()


def campaign(session: Session, shop_id: ShopId, campaign_id: UUID, *, lock: bool = False) -> Campaign:
    """Raises NotFound, also for another shop's."""
    found = session.get(Campaign, (shop_id, campaign_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("campaign")
    return found


def by_slug(session: Session, shop_id: ShopId, slug: str) -> Campaign | None:
    """One that goes on; None for a link that is over or never was."""
    return session.scalar(select(Campaign).where(Campaign.shop_id == shop_id, Campaign.slug == slug.lower()[:40],
                                                 Campaign.state == "active"))


def changes(session: Session, shop_id: ShopId, campaign_id: UUID) -> Sequence[CampaignChange]:
    """Newest first."""
    return made.changes(session, CampaignChange, shop_id, CampaignChange.campaign_id == campaign_id, limit=MOST_HISTORY)


def followed(session: Session, shop_id: ShopId, campaign_id: UUID, *, since: datetime) -> tuple[int, int]:
    """How many visits its link had, and from how many of them goods were put into the cart."""
    told = session.execute(select(func.count(), func.count(CampaignVisit.taken_at)).where(
        CampaignVisit.shop_id == shop_id, CampaignVisit.campaign_id == campaign_id, CampaignVisit.at >= since)).one()
    return told[0], told[1]


def make(session: Session, shop_id: ShopId, said: Said, *, code: str = "", now: datetime, by: str | None = None) -> Campaign:
    """``code``: how its codes begin, may be empty. Raises Refused("name"), Refused("public_name"), Refused("opens"), Refused("prefix"),
    Refused("full")."""
    said = _checked(said)
    begins = prefix(code.strip()) if code.strip() else None
    if begins and any(begins == one.prefix for one in of_shop(session, shop_id)):
        raise Refused("prefix", "Another campaign has this code.", key="audience.refused_prefix_taken")
    number = (session.scalar(select(func.max(Campaign.number)).where(Campaign.shop_id == shop_id)) or FIRST_NUMBER - 1) + 1
    if number > LAST_NUMBER:
        raise Refused("full", "The shop has had too many campaigns.", key="audience.refused_full")
    slug = f"{slug_prefix(said.name)}-{''.join(secrets.choice(ALPHABET) for _ in range(CHANCE)).lower()}"
    row = Campaign(shop_id=shop_id, id=new_id(), number=number, name=said.name, public_name=said.public_name, opens=said.opens, slug=slug,
                   prefix=begins, state="active", made_at=now)
    session.add(row)
    return _note(session, row, "made", now, by)


def change(session: Session, shop_id: ShopId, campaign_id: UUID, said: Said, *, now: datetime, by: str | None = None) -> Campaign:
    """Its number, its link and its codes stay. Raises NotFound and, as ``make`` does, Refused."""
    said, row = _checked(said), campaign(session, shop_id, campaign_id, lock=True)
    if said == row.said():
        return row
    row.name, row.public_name, row.opens = said.name, said.public_name, said.opens
    return _note(session, row, "changed", now, by)


def stop(session: Session, shop_id: ShopId, campaign_id: UUID, *, now: datetime, by: str | None = None) -> Campaign:
    """Its link and its codes prove nothing any more; what carts carry holds until it ends. Raises NotFound."""
    row = campaign(session, shop_id, campaign_id, lock=True)
    return _turn(session, row, "stopped", "stopped", now, by)


def go_on(session: Session, shop_id: ShopId, campaign_id: UUID, *, now: datetime, by: str | None = None) -> Campaign:
    """Raises NotFound."""
    row = campaign(session, shop_id, campaign_id, lock=True)
    return _turn(session, row, "active", "resumed", now, by)


def numbers(session: Session, shop_id: ShopId) -> dict[str, int]:
    """By id, as offers name them; of stopped ones too, since offers may still ask for them."""
    return {str(one.id): one.number for one in of_shop(session, shop_id)}


def codes(session: Session, shop_id: ShopId, ids: Collection[str]) -> tuple[tuple[str, int], ...]:
    """How the codes of these campaigns begin, as long as they go on."""
    rows = [one for one in of_shop(session, shop_id) if one.prefix and one.state == "active" and str(one.id) in ids]
    return tuple((one.prefix or "", one.number) for one in rows)


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """Who changed them goes; what they say stays."""
    made.forget_staff(session, CampaignChange, shop_id)


def _checked(said: Said) -> Said:
    name, public_name = (" ".join(one.split()) for one in (said.name, said.public_name))
    if not name or len(name) > LONGEST_NAME:
        raise Refused("name", "A campaign has a name of at most 80 letters.", key="audience.refused_name")
    if len(public_name) > LONGEST_NAME:
        raise Refused("public_name", "A public name has at most 80 letters.", key="audience.refused_public_name")
    if said.opens not in get_args(Opens):
        raise Refused("opens", "A link opens the landing page or the shop.", key="audience.refused_opens")
    return Said(name, public_name, said.opens)


def _turn(session: Session, row: Campaign, state: str, kind: Kind, now: datetime, by: str | None) -> Campaign:
    """Nothing is noted where it stands so already."""
    if row.state == state:
        return row
    row.state = state
    return _note(session, row, kind, now, by)


def _note(session: Session, row: Campaign, kind: Kind, now: datetime, by: str | None) -> Campaign:
    session.add(CampaignChange(shop_id=row.shop_id, id=new_id(), campaign_id=row.id, at=now, staff=by, kind=kind, name=row.name,
                               public_name=row.public_name, opens=row.opens))
    session.flush()
    return row
