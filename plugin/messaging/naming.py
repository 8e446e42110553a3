"""How somebody is named to the merchant."""

from plugin.messaging import texts
from plugin.people.tables import Person


def called(person: Person | None, locale: str) -> str:
    """As little as helps, nothing once they were forgotten."""
    if person is None or person.redacted_at is not None:
        return texts.say(locale, "trace.somebody")
    return person.first_name or person.email or texts.say(locale, "trace.customer", number=person.customer_id or "–")
