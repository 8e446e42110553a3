"""Who may be written to. Pure."""

from dataclasses import dataclass

# What somebody asked for this minute; all other mail respects "no mail any more".
ASKED_FOR = frozenset({"magic_link"})
KINDS = frozenset({"earned", "taken_back", "terms_changed"}) | ASKED_FOR


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, as far as the decision needs it. ``mail_state``: "ask", "yes" or "no"."""

    address: str | None
    mail_state: str
    redacted: bool


def why_not(kind: str, reader: Reader) -> str | None:
    """The reason why this mail must not leave, or None if it may: "redacted", "no_address", "unsubscribed"."""
    if reader.redacted:
        return "redacted"
    if not reader.address:
        return "no_address"
    if reader.mail_state == "no" and kind not in ASKED_FOR:
        return "unsubscribed"
    return None
