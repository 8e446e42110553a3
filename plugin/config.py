"""Settings: read once from the environment, frozen, every fault told at once.

Each name may also be given as NAME_FILE, the path of a file that holds the value (how Docker and Kubernetes hand
over secrets). Weak secrets refuse to start. What only tests and the demo use (FAILPOINT, CLOCK_OFFSET_FILE) is
refused unless SHOPIFY_ORIGIN is this very machine.
"""

import ipaddress
import math
import re
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from plugin.errors import Refused

KNOWN_WORDS = ("secret", "changeme", "change-me", "change_me", "password", "default", "example", "insecure", "replace", "placeholder",
               "your-", "your_", "hunter2", "letmein", "qwerty", "0123456789", "1234567890", "abcdefgh", "deadbeef", "xxxxxxxx")
ENOUGH_BITS = 80
SHORTEST_SECRET = 24
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment decides. Lists of keys are newest first; old ones stay readable. Secrets never show in repr."""

    database_url: str = field(repr=False)
    redis_url: str = field(default="", repr=False)
    redis_ca: str | None = field(default=None, repr=False)
    shopify_api_key: str
    shopify_api_secret: str = field(repr=False)
    shopify_old_api_secret: str | None = field(default=None, repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    token_keys: tuple[str, ...] = field(repr=False)
    app_url: str
    bind: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = ""
    trusted_proxies: int = 0
    metrics_token: str | None = field(default=None, repr=False)
    lease_seconds: float = 120
    sweep_seconds: float = 30
    credit_wait_seconds: float = 300
    clock_offset_file: Path | None = None
    failpoint: str | None = None
    shopify_origin: str = "https://{shop}"
    shopify_admin_origin: str = "https://admin.shopify.com"
    shopify_cdn: str = "https://cdn.shopify.com"

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Raises Refused("settings") whose message lists every fault, one a line, never a secret's value."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for setting in SETTINGS:
            try:
                values[setting.name.lower()] = setting.read(env)
            except _Fault as fault:
                faults.append(f"{setting.name} {fault}")
        faults += _faults_between(values)
        if faults:
            raise Refused("settings", "Tandem cannot start with these settings:\n" + "\n".join(f"  {fault}" for fault in faults))
        values["redis_url"] = _trusting(values["redis_url"], values["redis_ca"])
        return cls(**values)

    def origin(self, domain: str) -> str:
        """Where this shop's Admin API and token endpoint are, without a trailing slash."""
        return self.shopify_origin.replace("{shop}", domain)

    def api_secrets(self) -> tuple[str, ...]:
        """The app's secret, and the old one while it is being rotated."""
        return (self.shopify_api_secret, self.shopify_old_api_secret) if self.shopify_old_api_secret else (self.shopify_api_secret,)


class _Fault(Exception):
    """What is wrong with one value, worded to follow its name."""


@dataclass(frozen=True)
class Setting:
    """One name in the environment. Without a default and required, its absence is a fault."""

    name: str
    parse: Callable[[str], object]
    default: object = None
    required: bool = False

    def read(self, env: Mapping[str, str]) -> object:
        text = self._text(env)
        if text:
            return self.parse(text)
        if self.required:
            raise _Fault("is missing")
        return self.default

    def _text(self, env: Mapping[str, str]) -> str:
        plain, path = env.get(self.name, "").strip(), env.get(f"{self.name}_FILE", "").strip()
        if plain and path:
            raise _Fault(f"is given twice, also as {self.name}_FILE: keep one")
        if not path:
            return plain
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _Fault(f"cannot be read from the file that {self.name}_FILE names ({type(error).__name__})") from error


def is_loopback(url: str) -> bool:
    """True if the host of ``url`` can only be this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _faults_between(values: Mapping[str, Any]) -> list[str]:
    faults = []
    if "shopify_origin" in values and not is_loopback(values["shopify_origin"]):
        faults += [f"{name.upper()} is for tests and the demo only: it needs a SHOPIFY_ORIGIN on this machine"
                   for name in ("failpoint", "clock_offset_file") if values.get(name)]
    if values.get("smtp_url") and values.get("mail_from") == "":
        faults.append("MAIL_FROM is missing, and SMTP_URL needs it")
    if values.get("redis_ca") and (not values.get("redis_url", "").startswith("rediss:") or "ssl_cert_reqs" in values["redis_url"]):
        faults.append("REDIS_CA needs a REDIS_URL that begins with rediss: and says nothing about certificates itself")
    return faults


def _secret(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise _Fault("must be printable ASCII without spaces")
    if len(text) < SHORTEST_SECRET:
        raise _Fault(f"is too short: at least {SHORTEST_SECRET} characters")
    if any(word in text.lower() for word in KNOWN_WORDS):
        raise _Fault("contains a well-known word: use a random value")
    if _bits(text) < ENOUGH_BITS or (text + text).find(text, 1) < len(text):
        raise _Fault("is too easy to guess: use a random value")
    return text


def _bits(text: str) -> float:
    """Shannon's estimate of the whole text."""
    return -sum(count * math.log2(count / len(text)) for count in Counter(text).values())


def _secrets(text: str) -> tuple[str, ...]:
    keys = tuple(_secret(part.strip()) for part in text.split(",") if part.strip())
    if not keys:
        raise _Fault("holds no key")
    return keys


def _database(text: str) -> str:
    if text.startswith("postgres://"):
        text = "postgresql" + text.removeprefix("postgres")
    if text.partition("://")[0] not in DATABASES:
        raise _Fault("must begin with sqlite:, postgres: or postgresql:")
    return text


def _redis(text: str) -> str:
    if text.partition("://")[0] not in ("redis", "rediss", "unix"):
        raise _Fault("must begin with redis:, rediss: or unix:")
    return text


def _pem(text: str) -> str:
    """One certificate or several, as PEM."""
    try:
        ssl.create_default_context(cadata=text.replace("\\n", "\n"))
    except (ssl.SSLError, ValueError) as error:
        raise _Fault("must be a certificate as PEM (-----BEGIN CERTIFICATE-----)") from error
    return text.replace("\\n", "\n")


def _trusting(url: str, pem: str | None) -> str:
    """The address with the one certificate that is trusted behind it. Hosts make theirs without the right name in it: since nobody
    else can show this very certificate, its name proves nothing more."""
    if not pem:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'ssl_ca_data': pem, 'ssl_check_hostname': 'false'})}"


def _smtp(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _Fault("must look like smtp://user:password@host:587 or smtps://...")
    return text


def _address(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise _Fault("must be an http(s) address without query")
    if parts.scheme == "http" and not is_loopback(text):
        raise _Fault("must begin with https: unless it is on this machine")
    return text.rstrip("/")


def _origin(text: str) -> str:
    """A scheme and a host alone: what a Content-Security-Policy can name."""
    if urlsplit(_address(text)).path not in ("", "/"):
        raise _Fault("must be a scheme and a host, without a path")
    return text.rstrip("/")


def _origin_template(text: str) -> str:
    if "{shop}" not in text:
        raise _Fault("must contain {shop}")
    _address(text.replace("{shop}", "shop.myshopify.com"))
    return text.rstrip("/")


def _split(text: str) -> Any:  # noqa: ANN401 - urlsplit's own type
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise _Fault("is not an address") from error
    return parts


def _api_key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{6,64}", text):
        raise _Fault("is not a client id: letters and digits only")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", text):
        raise _Fault("must be one word")
    return text


def _mailbox(text: str) -> str:
    if not re.fullmatch(r"[^\x00-\x1f<>]*<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+", text):
        raise _Fault("must look like mail@example.com or Name <mail@example.com>")
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise _Fault(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _seconds(text: str) -> float:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise _Fault("must be a number of seconds") from error
    if not value.is_finite() or not Decimal("0.05") <= value <= 86_400:
        raise _Fault("must be between 0.05 and 86400 seconds")
    return float(value)


SETTINGS = (
    Setting("DATABASE_URL", _database, "sqlite:///var/tandem.sqlite"),
    Setting("REDIS_URL", _redis, ""),
    Setting("REDIS_CA", _pem),
    Setting("SHOPIFY_API_KEY", _api_key, required=True),
    Setting("SHOPIFY_API_SECRET", _secret, required=True),
    Setting("SHOPIFY_OLD_API_SECRET", _secret),
    Setting("SECRET_KEYS", _secrets, required=True),
    Setting("TOKEN_KEYS", _secrets, required=True),
    Setting("APP_URL", _address, required=True),
    Setting("BIND", _word, "127.0.0.1"),
    Setting("PORT", _whole(1, 65535), 8000),
    Setting("SMTP_URL", _smtp),
    Setting("MAIL_FROM", _mailbox, ""),
    Setting("TRUSTED_PROXIES", _whole(0, 10), 0),
    Setting("METRICS_TOKEN", _secret),
    Setting("LEASE_SECONDS", _seconds, 120.0),
    Setting("SWEEP_SECONDS", _seconds, 30.0),
    Setting("CREDIT_WAIT_SECONDS", _seconds, 300.0),
    Setting("CLOCK_OFFSET_FILE", Path),
    Setting("FAILPOINT", _word),
    Setting("SHOPIFY_ORIGIN", _origin_template, "https://{shop}"),
    Setting("SHOPIFY_ADMIN_ORIGIN", _origin, "https://admin.shopify.com"),
    Setting("SHOPIFY_CDN", _address, "https://cdn.shopify.com"),
)
