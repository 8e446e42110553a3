"""What surrounds the app, one finding each, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import redis
import requests
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from plugin.app import make_context
from plugin.config import Settings
from plugin.context import Context
from plugin.shopify import scopes
from plugin.shops import tables
from plugin.web import ready

SECONDS = 5.0


@dataclass(frozen=True)
class Finding:
    """``advice`` says what to do; it may also come with something that is well."""

    name: str
    well: bool
    told: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which mending makes sense. Settings have been read, so they are well."""
    yield Finding("settings", True, "complete")
    context = make_context(settings)
    database = _database(context.sessions.kw["bind"])
    yield database
    if database.well:
        migrations = _migrations(context.sessions.kw["bind"])
        yield migrations
        if migrations.well:
            yield from _scopes(context)
    yield _redis(settings)
    yield _reachable(settings)
    yield _proxies(settings)
    yield _mail(settings)


def _database(engine: Engine) -> Finding:
    try:
        with engine.connect() as connection:
            connection.execute(text("select 1"))
    except SQLAlchemyError as error:
        return Finding("database", False, f"{engine.dialect.name} cannot be reached ({type(error).__name__})",
                       "Check DATABASE_URL; for SQLite the folder must exist and be writable, for PostgreSQL the server must accept us.")
    return Finding("database", True, f"{engine.dialect.name} answers")


def _migrations(engine: Engine) -> Finding:
    missing = ready.wanted() - ready.found(engine)
    unknown = ready.found(engine) - ready.wanted()
    if not missing and not unknown:
        return Finding("migrations", True, "up to date")
    if unknown and not missing:
        return Finding("migrations", False, "the database is newer than this code", "Deploy the newer version again.")
    return Finding("migrations", False, "the database is older than this code", "Run: tandem migrate")


def _scopes(context: Context) -> Iterator[Finding]:
    with context.transaction() as session:
        shops = [(shop.domain, scopes.missing(shop.scopes)) for shop in tables.installed(session)]
    for domain, missing in shops:
        if missing:
            yield Finding("scopes", False, f"{domain} has not granted {', '.join(missing)}",
                          "Run `shopify app deploy`, then have the merchant open Tandem in the admin and accept.")
    if all(not missing for _, missing in shops):
        yield Finding("scopes", True, f"complete in {len(shops)} installed shop{'' if len(shops) == 1 else 's'}")


def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("redis", True, "not used", "The sweep alone finds work, every SWEEP_SECONDS. Set REDIS_URL to have it rung for.")
    try:
        client = redis.Redis.from_url(settings.redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
        policy = client.info("memory").get("maxmemory_policy")
    except redis.exceptions.RedisError as error:
        return Finding("redis", False, f"cannot be reached ({type(error).__name__})",
                       "Check REDIS_URL. If the host uses a certificate of its own, give that as REDIS_CA (docs/settings.md).")
    if policy != "noeviction":
        return Finding("redis", False, f"its policy is {policy}", "Set maxmemory-policy to noeviction: any other drops jobs silently.")
    return Finding("redis", True, "answers, noeviction")


def _reachable(settings: Settings) -> Finding:
    """From outside, as Shopify does: an unsigned webhook must come back with our 401."""
    advice = f"Shopify must reach {settings.app_url}/webhooks: check APP_URL, DNS, certificate and that `tandem web` runs behind it."
    told = _try(lambda: requests.post(f"{settings.app_url}/webhooks", data=b"{}", timeout=SECONDS, allow_redirects=False,
                                      headers={"Content-Type": "application/json"}).status_code)
    if told == 401:
        return Finding("webhooks", True, f"{settings.app_url}/webhooks answers and refuses what is not signed")
    return Finding("webhooks", False, f"{settings.app_url}/webhooks answered {told} where 401 was due", advice)


def _try(question: Callable[[], int]) -> int | str:
    try:
        return question()
    except requests.RequestException as error:
        return f"nothing ({type(error).__name__})"


def _proxies(settings: Settings) -> Finding:
    """Every shopper comes through Shopify's app proxy: without believing it, all of them have one address."""
    if settings.trusted_proxies:
        return Finding("proxies", True, f"{settings.trusted_proxies} believed about where shoppers come from")
    return Finding("proxies", False, "nobody is believed about where shoppers come from, so they all seem to share one device",
                   "Set TRUSTED_PROXIES to 1 (Shopify's app proxy), or to 2 behind a proxy of your own or a platform's router.")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        return Finding("mail", True, "not sent", "Set SMTP_URL and MAIL_FROM to tell advocates about their rewards.")
    return Finding("mail", True, f"sent as {settings.mail_from}")
