"""The way out by SMTP: ``SMTP_URL`` is smtp:// (STARTTLS where offered) or smtps:// (TLS from the start)."""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from plugin.config import is_loopback
from plugin.errors import Refused, TryAgain

TIMEOUT_SECONDS = 20
SUBMISSION, SUBMISSION_TLS = 587, 465
FAILURES_TO_OPEN = 5
FIRST_REST, LONGEST_REST = 5.0, 120.0


class NotTaken(Refused):
    """The server will never take this one mail (no such mailbox, for instance)."""


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> "Server":
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        return cls(parts.hostname or "", parts.port or (SUBMISSION_TLS if tls else SUBMISSION), tls,
                   unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def is_here(self) -> bool:
        return is_loopback(f"smtp://{self.host}")


class Post:
    """One open connection, good for many mails."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection

    def send(self, message: EmailMessage) -> None:
        """Raises NotTaken if the server refuses it for good, TryAgain if it may take it later."""
        try:
            self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, _ = next(iter(refused.recipients.values()))
            raise _fault(code) from refused
        except smtplib.SMTPNotSupportedError as refused:
            raise NotTaken("mail_refused", "The mail server cannot write to such an address.") from refused
        except smtplib.SMTPResponseException as refused:
            raise _fault(refused.smtp_code) from refused
        except (smtplib.SMTPException, OSError) as lost:
            raise TryAgain("The mail server did not answer.") from lost


@dataclass(slots=True)
class Breaker:
    """Of one mail server, within this process: while it is away, not every mail waits for it to time out."""

    failures: int = 0
    until: float = 0.0

    def rest(self) -> float:
        """Seconds until the next try may be made."""
        return max(0.0, self.until - time.monotonic())

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.until = time.monotonic() + min(LONGEST_REST, FIRST_REST * 2.0 ** min(10, self.failures - FAILURES_TO_OPEN))

    def worked(self) -> None:
        self.failures, self.until = 0, 0.0


_breakers: dict[tuple[str, int], Breaker] = {}


@contextmanager
def connect(server: Server) -> Iterator[Post]:
    """A connection for the length of the block. Raises TryAgain if there is none to be had."""
    breaker = _breakers.setdefault((server.host, server.port), Breaker())
    if (rest := breaker.rest()) > 0:
        raise TryAgain("The mail server could not be reached just now.", after=rest)
    try:
        connection = _open(server)
    except (smtplib.SMTPException, OSError) as lost:
        breaker.failed()
        raise TryAgain(f"The mail server cannot be reached ({type(lost).__name__}).") from lost
    breaker.worked()
    try:
        yield Post(connection)
    finally:
        _close(connection)


def _open(server: Server) -> smtplib.SMTP:
    tls = ssl.create_default_context()
    if server.tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        _greet(connection, server, tls)
    except BaseException:
        connection.close()
        raise
    return connection


def _greet(connection: smtplib.SMTP, server: Server, tls: ssl.SSLContext) -> None:
    connection.ehlo()
    is_safe = server.tls or server.is_here
    if not server.tls and connection.has_extn("starttls") and not server.is_here:
        connection.starttls(context=tls)
        connection.ehlo()
        is_safe = True
    if server.user:
        if not is_safe:
            raise smtplib.SMTPNotSupportedError("no TLS, so the password is not sent")
        connection.login(server.user, server.password)


def _fault(code: int) -> Refused | TryAgain:
    if code // 100 == 5:
        return NotTaken("mail_refused", f"The mail server refused it ({code}).", code=code)
    return TryAgain(f"The mail server is busy ({code}).", code=code)


def _close(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()  # it was gone already; what was sent was answered
