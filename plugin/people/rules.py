"""How people are compared without reading who they are: normal forms and keyed hashes; and what tags a customer has. Pure."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.errors import Refused

_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
_LONGEST = 320
MOST_TAGS, LONGEST_TAG, MOST_NEWS = 250, 255, 500


@dataclass(frozen=True, slots=True)
class TagNews:
    """One tag, as Shopify writes it, that was added or removed at a moment."""

    name: str
    at: datetime
    added: bool


@dataclass(frozen=True, slots=True)
class Tags:
    """Those that a customer has. ``told_at``: as of when Shopify told all of them, None where it never did; ``news``: by folded tag, the
    newest that it said of it since then."""

    names: tuple[str, ...] = ()
    told_at: datetime | None = None
    news: Mapping[str, TagNews] = field(default_factory=dict)


def all_tags(known: Tags, names: Sequence[str], at: datetime | None) -> Tags:
    """Shopify has told all of them, as of ``at``, in whole seconds. What it said of single ones then or later stays. A telling that is
    older, or that does not say when it was so, changes nothing."""
    if at is None or (known.told_at is not None and at < known.told_at):
        return known
    return _with(Tags(tuple(names), at), {key: one for key, one in known.news.items() if one.at >= at})


def some_tags(known: Tags, news: Iterable[TagNews]) -> Tags:
    """Shopify has said of single ones that they were added or removed, in any order. Where both are told of one moment, it is removed."""
    told = dict(known.news)
    for one in news:
        before = told.get(folded(one.name))
        is_old = known.told_at is not None and one.at < known.told_at
        if not is_old and (before is None or (one.at, not one.added) > (before.at, not before.added)):
            told[folded(one.name)] = one
    return _with(known, told)


def _with(known: Tags, news: Mapping[str, TagNews]) -> Tags:
    names = {folded(name): name for name in known.names}
    for key, one in news.items():
        names = {**names, key: one.name} if one.added else {other: name for other, name in names.items() if other != key}
    newest = sorted(news.items(), key=lambda pair: (pair[1].at, pair[0]))[-MOST_NEWS:]
    return Tags(tuple(sorted(names.values()))[:MOST_TAGS], known.told_at, dict(newest))


def folded(word: str) -> str:
    """As words and tags are compared: without regard to case and outer spaces."""
    return " ".join(word.split()).casefold()


def normalise_email(text: str) -> str:
    """The address without what people vary: case, width, +tag, Gmail's dots. Raises Refused for what is no address.

    Only for comparing; never for sending.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    local, at, domain = plain.rpartition("@")
    if not at or not local or len(plain) > _LONGEST or re.search(r"[\s\x00-\x1f]", plain):
        raise Refused("email", "This is not an e-mail address.")
    domain = _ascii_domain(domain)
    local = local.partition("+")[0] or local
    if domain in _GOOGLE:
        domain, local = "gmail.com", local.replace(".", "") or local
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        plain = domain.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    if not plain:
        raise Refused("email", "This is not an e-mail address.")
    return plain


def email_key(secret: str, email: str) -> str:
    """A key equal for equal people of one shop. Raises Refused for what is no address."""
    return _key(secret, "email", normalise_email(email))


def address_key(secret: str, address: Mapping[str, str | None]) -> str | None:
    """A key of street, postcode and country; None when there is too little to tell homes apart."""
    street, zipcode, country = (_squeeze(address.get(field)) for field in ("address1", "zip", "country_code"))
    if not street or not zipcode:
        return None
    return _key(secret, "address", "|".join((street, _squeeze(address.get("address2")), zipcode, country)))


def device_key(secret: str, *, ip: str | None, agent: str | None) -> str | None:
    """A key of network address and browser together; one alone says too little (shared networks)."""
    if not ip or not agent:
        return None
    return _key(secret, "device", f"{ip.strip().casefold()}|{agent.strip()}")


def _squeeze(text: str | None) -> str:
    plain = unicodedata.normalize("NFKD", (text or "")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _key(secret: str, purpose: str, text: str) -> str:
    message = f"{purpose}\x00{text}".encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
