"""Whatever strangers send to any address that shoppers reach: an answer that they can read, never a fault of ours, and nothing lost."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from flask import Flask
from werkzeug.test import TestResponse

from plugin.attribution.tables import Link
from plugin.context import Context
from plugin.shops.tables import Shop
from tests.rules.shopfront import PHONE, Storefront, running
from tests.rules.test_landing import count

ROUTES = (Path(__file__).parents[1] / "house" / "routes.txt").read_text(encoding="utf-8")
OPEN = re.findall(r"^(GET|POST)\s+(/(?:proxy|extension|me|mail|download)/\S*)", ROUTES, re.MULTILINE)
"""Method and address of every route that a shopper's browser can reach, as the list of routes has them."""

WILD = ["", " ", "<script>alert(1)</script>", "' OR 1=1 --", "🎁" * 30, "\u202eevil", "\0", "\r\nSet-Cookie: a=b", "../../etc/passwd", "-1",
        "9" * 40, "null", "[]", "{{7*7}}", "%00", "ｎｏｒｔｈ", "x" * 20_000, "00000000-0000-7000-8000-000000000000"]
FIELDS = ("email", "bundle", "token", "shown", "name", "words", "key", "locale", "visit", "product", "version", "what", "_tandem_offer")
BODIES: list[Any] = [None, [], 7, "x", {"order_id": []}, {"order_id": "9" * 40, "shown": 1, "held": {}, "marks": [], "token": {}},
                     {"held": [{"product": "x", "quantity": 1e9}]}, {"order_id": "\0", "marks": "\0", "shown": "yes"}, {"a": {"b": [[[]]]}}]


def addressed(route: str, value: str) -> str:
    return re.sub(r"<[^>]+>", quote(value, safe="") or "-", route)


def readable(answer: TestResponse) -> bool:
    """No fault of ours, nothing of what was sent as markup, and whoever is refused reads why."""
    text = answer.get_data(as_text=True)
    return answer.status_code < 500 and "<script>alert" not in text and (answer.status_code < 400 or len(text) > 10)


def test_whatever_stands_in_addresses_and_forms(context: Context, app: Flask, north: Shop) -> None:
    running(context, north)
    visitor, wrong = Storefront(app, context.settings, north), []
    for method, route in OPEN:
        for value in WILD:
            answer = asked(visitor, method, route, value)
            if not readable(answer):
                wrong.append((method, route, value[:40], answer.status_code, answer.text[:200]))
    assert wrong == [] and count(context, Link) == 1


def asked(visitor: Storefront, method: str, route: str, value: str) -> TestResponse:
    path, said = addressed(route, value), dict.fromkeys(FIELDS, value)
    if not route.startswith("/proxy/"):
        return visitor.client.open(f"{path}?{urlencode(said)}" if method == "GET" else path, method=method, headers={"User-Agent": PHONE},
                                   data=None if method == "GET" else said)
    return visitor.get(path[7:], headers=None, **said) if method == "GET" else visitor.post(path[7:], params={"locale": value}, **said)


def test_whatever_an_extension_sends(context: Context, app: Flask, north: Shop) -> None:
    """With a token of this shop; what it sends beside it is anybody's."""
    running(context, north)
    now, client, settings = int(time.time()), app.test_client(), context.settings
    claims = {"dest": north.domain, "aud": settings.shopify_api_key, "exp": now + 60, "nbf": now - 5, "iat": now - 5, "jti": "1"}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, settings.shopify_api_secret, 'HS256')}", "User-Agent": PHONE}
    json = headers | {"Content-Type": "application/json"}
    answers = [client.get(f"/extension/rewards?locale={quote(value)}", headers=headers) for value in WILD]
    for path in (route for method, route in OPEN if method == "POST" and route.startswith("/extension/")):
        answers += [client.post(path, json=body, headers=headers) for body in BODIES]
        answers += [client.post(path, data=body, headers=json) for body in (b"[" * 100_000, b'{"order_id": "' + b"x" * 1_000_000 + b'"}')]
    assert [(one.request.path, one.status_code, one.text[:200]) for one in answers if not readable(one)] == []
    assert {one.mimetype for one in answers if one.status_code >= 400} <= {"application/json", "text/plain"}
    assert count(context, Link) == 1


def test_a_link_holds_in_either_case(context: Context, app: Flask, north: Shop) -> None:
    """Somebody types it from a card; phones begin with a capital letter."""
    slug = running(context, north).slug
    visitor = Storefront(app, context.settings, north)
    assert [visitor.get(f"r/{one}").status_code for one in (slug, slug.upper(), slug.capitalize())] == [200, 200, 200]


def test_a_signature_is_of_one_query_and_of_one_shop(context: Context, app: Flask, north: Shop, south: Shop) -> None:
    """Taken from one request, it serves no other: another value, a value more, another shop, an hour later."""
    slug = running(context, north).slug
    visitor = Storefront(app, context.settings, north)
    query = visitor._signed({"locale": "de"})
    forged = [query.replace("locale=de", "locale=en"), f"{query}&locale=en", f"{query}&a=1", query.replace(north.domain, south.domain),
              query.replace(re.search(r"timestamp=(\d+)", query)[1], str(int(time.time()) - 3600))]  # type: ignore[index]
    answers = [visitor.client.get(f"/proxy/r/{slug}?{one}", headers=visitor.headers) for one in (query, *forged)]
    assert [one.status_code for one in answers] == [200] + [401] * len(forged) and all(readable(one) for one in answers)
