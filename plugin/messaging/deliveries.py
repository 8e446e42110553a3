"""Mail that leaves: read and close; send; record. A mail killed between sending and recording is sent again with the same Message-ID.

Its troubles are handled here and not raised: a mail server that is away says nothing about the shop's Shopify.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import TryAgain
from plugin.locales import chosen
from plugin.messaging import flows, letters, rules, silence, smtp, tables
from plugin.messaging.letters import Letter, Setting
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease, backoff
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from plugin.web.signing import Signer

UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything one mail needs to leave, with no database behind it. ``unsubscribe_url`` is None for mail that was asked for."""

    mail_id: UUID
    sender: str
    sender_name: str
    reply_to: str
    recipient: str
    unsubscribe_url: str | None
    letter: Letter


def send_mail(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Mail rows."""
    for lease in leases:
        _send_one(context, lease)


def _send_one(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        envelope = _read(session, context.settings, lease)
    if envelope is None:
        return
    try:
        with smtp.connect(smtp.Server.of(context.settings.smtp_url or "")) as post:
            post.send(message(envelope))
    except smtp.NotTaken as refused:
        _drop(context, lease, refused.reason)
    except (HeaderParseError, ValueError):
        _drop(context, lease, "address")
    except TryAgain as fault:
        _postpone(context, lease, fault)
    else:
        failpoint.reach("K11")
        _record(context, lease)


def _read(session: Session, settings: Settings, lease: Lease) -> Envelope | None:
    """What to send, or None where nothing may leave any more; then the delivery is closed with the reason."""
    outbox.hold_on(session, lease)
    mail = tables.get(session, lease.shop_id, lease.subject_id)
    person = people.get(session, lease.shop_id, mail.person_id)
    if mail.state == tables.WAITING:
        why = "no_server" if settings.smtp_url is None else rules.why_not(mail.kind, _reader(session, mail, person))
        if why is None:
            return _envelope(settings, shops.get(session, lease.shop_id), person, mail)
        flows.drop(session, lease.shop_id, mail.id, why, now=clock.now())
    outbox.finish(session, lease)
    return None


def _reader(session: Session, mail: tables.Mail, person: Person) -> rules.Reader:
    silent = silence.silent(session, mail.shop_id, person.id, clock.now()) if mail.kind in rules.ASKING else None
    return rules.Reader(person.email, person.mail_state, person.redacted_at is not None, silent)


def _envelope(settings: Settings, shop: Shop, person: Person, mail: tables.Mail) -> Envelope:
    locale = chosen(person.locale, shop.locale)
    unsubscribe = None if mail.kind in rules.ASKED_FOR else unsubscribe_url(settings, shop.id, person.id)
    setting = Setting(locale, shop.name, shop.storefront_url or f"https://{shop.domain}", person.first_name, unsubscribe,
                      clock.zone(shop.timezone))
    name, address = parseaddr(settings.mail_from)
    return Envelope(mail.id, address, shop.name or name, shop.email, person.email or "", unsubscribe,
                    letters.compose(mail.kind, mail.facts, setting))


def unsubscribe_url(settings: Settings, shop_id: ShopId, person_id: UUID) -> str:
    """A link that works for ever, for this person in this shop, and for nothing else."""
    token = Signer(settings).sign(UNSUBSCRIBE, {"shop": str(shop_id), "person": str(person_id)})
    return f"{settings.app_url}/mail/unsubscribe?token={token}"


def message(envelope: Envelope) -> EmailMessage:
    """The mail itself. Raises ValueError or HeaderParseError for an address that is none; line breaks in names become spaces."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(_one_line(envelope.sender_name), addr_spec=envelope.sender)
    mail["To"] = _mailbox(envelope.recipient)
    if envelope.reply_to:
        mail["Reply-To"] = _mailbox(envelope.reply_to)
    mail["Subject"] = _one_line(envelope.letter.subject)
    mail["Date"] = format_datetime(clock.machine_now())
    mail["Message-ID"] = f"<{envelope.mail_id}@{envelope.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(envelope.letter.text)
    mail.add_alternative(envelope.letter.html, subtype="html")
    return mail


def _mailbox(text: str) -> Address:
    """Raises ValueError, UnicodeError among them, or HeaderParseError for what is no address."""
    local, _, domain = text.rpartition("@")
    return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")


def _one_line(text: str) -> str:
    """Shop names and first names come from outside; a header ends at a line break."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()[:200]


def _record(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        outbox.finish(session, lease)
        flows.sent(session, lease.shop_id, lease.subject_id, clock.now())


def _drop(context: Context, lease: Lease, why: str) -> None:
    with context.transaction() as session:
        outbox.finish(session, lease)
        flows.drop(session, lease.shop_id, lease.subject_id, why, now=clock.now())


def _postpone(context: Context, lease: Lease, fault: TryAgain) -> None:
    with context.transaction() as session:
        seconds = backoff(lease.attempts, random.random(), at_least=fault.after)
        outbox.postpone(session, lease, seconds=seconds, error=fault.message)
