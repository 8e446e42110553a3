"""A friend follows a link (GET shows, and counts) and claims a code (POST). One claim, one code, one person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import owning
from plugin.attribution import tables as attribution
from plugin.attribution.tables import Claim, Code, Link, Visit
from plugin.db import ShopId, insert_once, new_id
from plugin.errors import NotFound, Refused
from plugin.referrals import tables
from plugin.referrals.flows import following, pool
from plugin.referrals.flows.following import Caller
from plugin.referrals.rules import Version, lapse_time
from plugin.referrals.rules.standing import standing
from plugin.referrals.rules.visiting import CLAIMS_IN_7_DAYS


@dataclass(frozen=True, slots=True)
class Landing:
    """What a link leads to. ``why`` it is closed: the programme rests, is over or has not begun (then ``version`` says when), or the
    advocate takes no part any more."""

    state: Literal["open", "closed"]
    link: Link
    version: Version | None
    visit: Visit | None = None
    why: Literal["", "paused", "ended", "soon", "stopped"] = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a friend who followed a link may be reminded of. ``code`` is theirs, while it may be used."""

    link: Link
    version: Version
    code: str | None
    claim: Claim


def look(session: Session, shop_id: ShopId, slug: str, *, now: datetime) -> Landing:
    """Where a link leads. Raises NotFound for a link that never was."""
    link = attribution.link_by_slug(session, shop_id, slug)
    if link is None:
        raise NotFound("link")
    row = tables.current(session, shop_id, link.programme_id, now)
    version = row.version() if row else None
    if link.state == "active" and version is not None and version.open_at(now):
        return Landing("open", link, version)
    return _closed(session, shop_id, link, now)


def _closed(session: Session, shop_id: ShopId, link: Link, now: datetime) -> Landing:
    if link.state != "active":
        return Landing("closed", link, None, why="stopped")
    programme = tables.programme(session, shop_id, link.programme_id)
    known = [row.version() for row in tables.history(session, shop_id, link.programme_id)]
    stands = standing(programme.state, known, now)
    if stands == "scheduled":
        return Landing("closed", link, next((one for one in known if one.until is None), None), why="soon")
    return Landing("closed", link, None, why="paused" if stands in ("paused", "draft") else "ended")


def greeting(session: Session, shop_id: ShopId, visit_id: UUID) -> Greeting | None:
    """For who carries this visit. None where there is nothing to say: no claim, or its code is used or has lapsed."""
    found = session.scalar(select(Claim).where(Claim.shop_id == shop_id, Claim.visit_id == visit_id).order_by(Claim.at.desc()).limit(1))
    if found is None:
        return None
    code = session.get(Code, (shop_id, found.code_id)) if found.code_id else None
    if found.state != "codeless" and (code is None or code.state != "claimed"):
        return None
    return Greeting(link_of(session, shop_id, found), version_of(session, shop_id, found), code.code if code else None, found)


def follow(session: Session, shop_id: ShopId, slug: str, caller: Caller, *, place: str, sign: Callable[[UUID], str],
           now: datetime) -> Landing:
    """Follow a link and count the visit: once an hour per device, not for bots, not beyond the limits of one network address.

    ``sign`` makes the token that the storefront carries for this visit. Raises NotFound for a link that never was.
    """
    landing = look(session, shop_id, slug, now=now)
    version = landing.version
    if landing.state != "open" or version is None:
        return landing

    def make() -> Visit:
        visit_id = new_id()
        return Visit(shop_id=shop_id, id=visit_id, advocate_id=landing.link.id, programme_id=version.programme_id,
                     version_id=version.id, device_key=caller.device_key, address_key=caller.address_key,
                     token=sign(visit_id), landing=place[:255], source=caller.source, at=now)

    visit = following.counted(session, shop_id, caller, Visit.advocate_id == landing.link.id, table=Visit, make=make, now=now)
    return Landing("open", landing.link, version, visit)


def claim(session: Session, shop_id: ShopId, landing: Landing, *, nonce: str, visit_id: UUID | None,
          device_key: str | None, now: datetime) -> Claim:
    """A friend takes a code. The same ``nonce`` (one per page shown) is the same claim, however often it is sent.

    An empty pool keeps the claim waiting. Raises Refused("closed") or Refused("too_many").
    """
    version = landing.version
    if landing.state != "open" or version is None:
        raise Refused("closed", "This programme is not running at the moment.")
    known = claim_by_nonce(session, shop_id, nonce)
    if known is None:
        _limit(session, shop_id, device_key, now)
        insert_once(session, Claim, {
            "shop_id": shop_id, "id": new_id(), "nonce": nonce, "advocate_id": landing.link.id, "version_id": version.id,
            "visit_id": visit_id, "device_key": device_key, "state": "waiting" if version.gives_code() else "codeless", "at": now})
    return serve(session, shop_id, nonce, version, now=now)


def serve(session: Session, shop_id: ShopId, nonce: str, version: Version, *, now: datetime) -> Claim:
    """Give a waiting claim its code if one is ready; plan new ones if none is. Raises NotFound."""
    found = claim_by_nonce(session, shop_id, nonce, lock=True)
    if found is None:
        raise NotFound("claim")
    if found.state != "waiting":
        return found
    code = pool.take(session, shop_id, version, now)
    if code is None:
        pool.refill(session, shop_id, version, now=now)
        return found
    code.advocate_id, code.visit_id, code.claimed_at = found.advocate_id, found.visit_id, found.at
    code.lapses_at = lapse_time(now, code.ends_at)
    found.code_id, found.state = code.id, "given"
    session.flush()
    owning.changed(session, shop_id, [found.advocate_id], now)
    return found


def code_of(session: Session, shop_id: ShopId, found: Claim) -> str | None:
    """The text of a claim's code, while it may be used."""
    code = session.get(Code, (shop_id, found.code_id)) if found.code_id else None
    return code.code if code is not None and code.state in ("claimed", "used") else None


def holds_until(session: Session, shop_id: ShopId, found: Claim) -> datetime:
    """Until when whoever made this claim counts as sent."""
    code = session.get(Code, (shop_id, found.code_id)) if found.code_id else None
    return lapse_time(found.at, code.lapses_at if code else None)


def claim_by_nonce(session: Session, shop_id: ShopId, nonce: str, *, lock: bool = False) -> Claim | None:
    asked = select(Claim).where(Claim.shop_id == shop_id, Claim.nonce == nonce)
    return session.scalar(asked.with_for_update().execution_options(populate_existing=True) if lock else asked)


def version_of(session: Session, shop_id: ShopId, found: Claim) -> Version:
    """The version under which a claim was made, which judges it whatever was published since."""
    return session.get_one(tables.ProgrammeVersion, (shop_id, found.version_id)).version()


def link_of(session: Session, shop_id: ShopId, found: Claim) -> Link:
    return session.get_one(Link, (shop_id, found.advocate_id))


def _limit(session: Session, shop_id: ShopId, device_key: str | None, now: datetime) -> None:
    if device_key and attribution.count_claims(session, shop_id, device_key, since=now - timedelta(days=7)) >= CLAIMS_IN_7_DAYS:
        raise Refused("too_many", "This device has taken many codes this week. Please try again in a few days.")
