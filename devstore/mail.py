"""The SMTP catcher: takes every mail, shows it, and refuses what ``@faults.test`` asks it to."""

import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from devstore.clock import BusinessClock, iso
from devstore.ports import free_port

_REFUSALS = {"bounce": "550 5.1.1 No such mailbox", "busy": "451 4.3.0 Try again later"}


@dataclass(slots=True)
class Mailbox:
    """Every mail that was taken, oldest first, as JSON objects."""

    clock: BusinessClock
    port: int | None = None
    mails: list[dict[str, Any]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def take(self, sender: str, recipients: list[str], raw: bytes) -> None:
        message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
        with self._lock:
            self.mails.append(
                {
                    "n": len(self.mails) + 1,
                    "at": iso(self.clock.now()),
                    "from": sender,
                    "to": recipients,
                    "subject": str(message["subject"] or ""),
                    "message_id": str(message["message-id"] or ""),
                    "headers": [[name, str(value)] for name, value in message.items()],
                    "text": _part(message, "plain"),
                    "html": _part(message, "html"),
                    "raw": raw.decode("utf-8", "replace"),
                }
            )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        name, _, host = address.partition("@")
        if host == "faults.test" and name in _REFUSALS:
            return _REFUSALS[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mailbox.take(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content or b"")
        return "250 Message accepted"


def serve(mailbox: Mailbox, port: int) -> Controller:
    """Listen on loopback in a thread of its own; ``controller.stop()`` ends it. Port 0 takes a free one: ``mailbox.port``."""
    mailbox.port = port or free_port()  # the library connects to the port it was told, so it cannot be told 0
    controller = Controller(_Handler(mailbox), hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    return controller
