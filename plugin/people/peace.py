"""Leaving somebody in peace, by the merchant's word, and taking that word back: who said so and when stands with what it was about."""

from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk.flows import Ask
from plugin.people import flows, tables


def leave(session: Session, shop_id: ShopId, person_id: UUID, *, subject: str, ask: Ask) -> None:
    """Nothing is asked of this person from now on. ``subject``: what the note is about, as in ``desk.tables.Note``.

    Saying it again writes nothing. Raises NotFound.
    """
    _say(session, shop_id, person_id, subject=subject, ask=ask, alone=True)


def end(session: Session, shop_id: ShopId, person_id: UUID, *, subject: str, ask: Ask) -> None:
    """They may be asked again. Raises NotFound."""
    _say(session, shop_id, person_id, subject=subject, ask=ask, alone=False)


def _say(session: Session, shop_id: ShopId, person_id: UUID, *, subject: str, ask: Ask, alone: bool) -> None:
    if (tables.get(session, shop_id, person_id).left_alone_at is not None) == alone:
        return
    flows.leave_alone(session, shop_id, person_id, alone=alone, now=ask.now)
    desk.note(session, shop_id, subject, "left_alone" if alone else "asked_again", ask)
