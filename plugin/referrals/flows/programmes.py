"""The merchant's rules: saved as a draft, published as a version for good, paused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.referrals import rules, tables
from plugin.referrals.flows import pool
from plugin.referrals.rules import Version
from plugin.referrals.tables import Programme, ProgrammeVersion


def save_programme(session: Session, shop_id: ShopId, form: rules.forms.Form, *, currency: str, now: datetime,
                   programme_id: UUID | None = None) -> Programme:
    """Keep a draft of the next version; what is published stays in force. Raises Faulty with every fault, or NotFound."""
    draft = rules.read_form(form, currency=currency, now=now)
    if programme_id is None:
        programme = Programme(shop_id=shop_id, state="draft", made_at=now, name=draft.name)
        session.add(programme)
    else:
        programme = tables.programme(session, shop_id, programme_id)
    programme.draft = rules.to_plain(draft)
    if programme.state == "draft":
        programme.name = draft.name
    session.flush()
    return programme


def publish(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime) -> Version:
    """Put the draft into force as a new version (a paused programme without a draft comes back as it was).

    Raises NotFound, or Refused("nothing_new") where there is nothing to publish.
    """
    programme = tables.programme(session, shop_id, programme_id, lock=True)
    last = tables.last_version(session, shop_id, programme_id)
    terms = programme.draft or (last.terms if last and programme.state == "paused" else None)
    if terms is None:
        raise Refused("nothing_new", "There is no change to publish.")
    if last is not None and last.until is None:
        last.until = now
    row = ProgrammeVersion(shop_id=shop_id, id=new_id(), programme_id=programme_id, number=last.number + 1 if last else 1,
                           terms=terms, since=now, until=None)
    session.add(row)
    programme.state, programme.draft, programme.name = "live", None, terms["name"]
    session.flush()
    version = row.version()
    pool.refill(session, shop_id, version, now=now)
    return version


def pause(session: Session, shop_id: ShopId, programme_id: UUID, *, now: datetime) -> Programme:
    """No new visits, claims or advocates; what was shared before keeps its terms. Raises NotFound, or Refused if it does not run."""
    programme = tables.programme(session, shop_id, programme_id, lock=True)
    row = tables.current(session, shop_id, programme_id)
    if row is None:
        raise Refused("not_live", "This programme is not running.")
    row.until, programme.state = now, "paused"
    session.flush()
    return programme
