"""What may stay of an order when somebody is forgotten, and how long anything is kept. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

TIME_TO_ANSWER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is needed for a while is kept."""

    device_keys: timedelta = timedelta(days=180)
    magic_links: timedelta = timedelta(days=30)
    mail: timedelta = timedelta(days=730)
    answers: timedelta = timedelta(days=60)
    acts: timedelta = timedelta(days=30)


def kept_attributes(attributes: Mapping[str, str], visit_attribute: str, codes: Collection[str]) -> dict[str, str]:
    """An order's attributes without whatever the shopper wrote: the visit and our advocates' ``codes`` stay.

    They say nothing about the shopper, and without them the order would be decided differently, so an amount would move.
    """
    kept = {f"code_{number}": code for number, code in enumerate(sorted(codes), start=1)}
    if visit_attribute in attributes:
        kept[visit_attribute] = attributes[visit_attribute]
    return kept


def kept_landing(landing_site: str | None, visit_parameter: str) -> str | None:
    """The first page's address without everything but the visit, for the same reason."""
    try:
        token = parse_qs(urlsplit(landing_site or "").query, max_num_fields=50).get(visit_parameter)
    except ValueError:  # a shopper may send any address
        return None
    return "/?" + urlencode({visit_parameter: token[0]}) if token else None
