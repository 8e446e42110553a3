"""A mail server that really speaks SMTP and keeps what it got."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from plugin.config import Settings


class Mailbox:
    """What arrived; ``answers`` are given to the next recipients instead of taking them."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        self.mail.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


class Server(Controller):
    """A controller on a free port."""

    def _trigger_server(self) -> None:
        self.port = cast(Any, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp_port(mailbox: Mailbox) -> Iterator[int]:
    server = Server(mailbox, hostname="127.0.0.1", port=0)
    server.start()
    yield server.port
    server.stop()


@pytest.fixture
def settings(settings: Settings, smtp_port: int) -> Settings:
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{smtp_port}", mail_from="Tandem <mail@tandem.example>")
