"""The customer terms, generated from the rules that judge: which version, since when, what changed, and all earlier ones."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import NotFound
from plugin.messaging import texts
from plugin.messaging.filters import zone
from plugin.referrals import sharing, tables, wording
from plugin.referrals.rules import Version
from plugin.referrals.rules.clauses import differences
from plugin.referrals.rules.standing import came_into_force
from plugin.referrals.storefront.asking import kindly, locale_of, page, root_of_store
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import proxy


class Words(TypedDict):
    """What the template wants. ``changes``: None where there is no version before; ``note``: what else holds, with the way there."""

    page_title: str
    heading: str
    clauses: list[str]
    changes: list[wording.Said] | None
    changes_title: str
    note: tuple[str, str, str] | None
    earlier: list[tuple[str, str]]


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/terms/<uuid:programme_id>")(show)


@proxy
@kindly
def show(shop: Shop, session: Session, visitor: Visitor, programme_id: UUID) -> ResponseReturnValue:
    """The version that is asked for, else the one in force, else the last one. What is only a draft is nobody's to see."""
    known = [row.version() for row in tables.history(session, shop.id, programme_id)]
    now, locale = clock.now(), locale_of(shop)
    version = _asked(known, visitor.params.get("version", ""), now)
    told = words(shop, version, locale, before=_before(known, version))
    told["note"] = _note(shop, known, version, locale=locale, now=now)
    told["earlier"] = [(texts.say(locale, "terms.number", number=one.number), address(one)) for one in known
                       if one.number < version.number and came_into_force(one)]
    return page("terms.html", shop, **told)


def words(shop: Shop, version: Version, locale: str, *, before: Version | None = None) -> Words:
    """Everything about the version itself; the preview shows a draft with it."""
    changes = [wording.said(one, locale) for one in differences(before, version)] if before else None
    key = "terms.unchanged" if changes == [] else "terms.changed"
    return Words(page_title=texts.say(locale, "terms.title", shop=shop.name or shop.domain), heading=_heading(shop, version, locale),
                 clauses=wording.terms(version, locale), changes=changes, note=None, earlier=[],
                 changes_title=texts.say(locale, key, number=before.number) if before else "")


def address(version: Version) -> str:
    """A path of the visitor's own store and language."""
    return f"{root_of_store()}{sharing.terms_path(version)}?version={version.number}"


def _asked(known: Sequence[Version], number: str, now: datetime) -> Version:
    """Raises NotFound."""
    if number:
        found = [one for one in known if str(one.number) == number]
    else:
        found = [one for one in known if _in_force(one, now)] or [one for one in known if came_into_force(one)] or list(known)
    if not found:
        raise NotFound("terms")
    return found[0]


def _before(known: Sequence[Version], version: Version) -> Version | None:
    return next((one for one in known if one.number < version.number and came_into_force(one)), None)


def _in_force(version: Version, now: datetime) -> bool:
    return version.since is not None and version.since <= now and (version.until is None or now < version.until)


def _heading(shop: Shop, version: Version, locale: str) -> str:
    """Days are those of the shop."""
    if version.since is None:
        return ""
    since, until = (at and at.astimezone(zone(shop.timezone)) for at in (version.since, version.until))
    say = partial(texts.say, locale, number=version.number, since=since)
    if not came_into_force(version):
        return texts.say(locale, "terms.version_never", number=version.number)
    if until is not None:
        return say("terms.version_until", until=until)
    return say("terms.version_from" if version.since > clock.now() else "terms.version")


def _note(shop: Shop, known: Sequence[Version], version: Version, *, locale: str, now: datetime) -> tuple[str, str, str] | None:
    """Sentence, link text and address; or that nothing runs at the moment."""
    say: Any = partial(texts.say, locale)
    running = next((one for one in known if _in_force(one, now)), None)
    coming = next((one for one in known if one.since is not None and one.since > now and one.until is None), None)
    if running is None and coming is None:
        return say("terms.paused"), "", ""
    if running is not None and version.number < running.number:
        return say("terms.newer"), say("terms.read_newer"), address(running)
    if coming is not None and coming.since is not None and version.number < coming.number:
        return say("terms.coming", since=coming.since.astimezone(zone(shop.timezone))), say("terms.read_coming"), address(coming)
    return None
