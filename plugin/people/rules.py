"""How people are compared without reading who they are: normal forms and keyed hashes. Pure."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping

from plugin.errors import Refused

_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
_LONGEST = 320


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
