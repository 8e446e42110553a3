"""``POST …/admin/oauth/access_token``: token exchange, refresh with rotation, and the checks that Shopify makes."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, request
from jwt.types import Options

from devstore import faults
from devstore.app import services
from devstore.clock import machine_now
from devstore.state.apps import AccessToken, Installation, RefreshToken
from devstore.state.shops import Shop
from devstore.state.store import Store

blueprint = Blueprint("tokens", __name__)

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 90 * 86_400
REUSE_DAYS = 30
_REQUIRED: Options = {"require": ["exp", "iss", "dest"]}


class Denied(Exception):
    """Becomes 400 (or ``status``) with an OAuth error."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


@blueprint.post("/_shop/<name>/admin/oauth/access_token")
def access_token(name: str) -> Response:
    store, wire = services().store, services().faults
    shop = store.shop(name)
    fault = wire.next(shop.handle, {"oauth"})
    instead = faults.before(fault)
    if instead is not None:
        return instead
    try:
        with store.lock:
            answer = jsonify(_grant(store, shop, _fields()))
    except Denied as denied:
        answer = jsonify(error=denied.error, error_description=str(denied))
        answer.status_code = denied.status
    return faults.after(fault, answer)


def _fields() -> dict[str, Any]:
    """JSON, or a form, as Shopify takes both."""
    body = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    if not isinstance(body, dict):
        raise Denied("invalid_request", "The request body could not be read.")
    return body


def _grant(store: Store, shop: Shop, fields: dict[str, Any]) -> dict[str, Any]:
    app = store.settings.app
    known = {secret for secret in (app.secret, app.old_secret) if secret}
    if fields.get("client_id") != app.client_id or fields.get("client_secret") not in known:
        raise Denied("invalid_client", "The client is unknown or its secret is wrong.", 401)
    if fields.get("grant_type") == EXCHANGE:
        return _exchange(store, shop, fields)
    if fields.get("grant_type") == "refresh_token":
        return _refresh(store, shop, str(fields.get("refresh_token", "")))
    raise Denied("unsupported_grant_type", "devstore knows token exchange and refresh_token.")


def _exchange(store: Store, shop: Shop, fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("subject_token_type") != ID_TOKEN or fields.get("requested_token_type") not in (OFFLINE, ONLINE):
        raise Denied("invalid_request", "subject_token_type or requested_token_type is not supported.")
    claims = _claims(store, shop, str(fields.get("subject_token", "")))
    installation = _installation(shop)
    if fields["requested_token_type"] == ONLINE:
        return _online(installation, claims)
    if str(fields.get("expiring", "0")) not in ("1", "true", "True"):
        return _permanent(installation)
    store.effects.add(shop.handle, "token_exchanged")
    return _pair(installation, installation.scopes)


def _installation(shop: Shop) -> Installation:
    if shop.installation is None:
        raise Denied("application_cannot_be_found", "The app is not installed on this shop.")
    return shop.installation


def _claims(store: Store, shop: Shop, token: str) -> dict[str, Any]:
    app = store.settings.app
    for secret in filter(None, (app.secret, app.old_secret)):
        try:
            claims: dict[str, Any] = jwt.decode(token, secret, ["HS256"], audience=app.client_id, options=_REQUIRED)
        except jwt.InvalidTokenError:
            continue
        if claims["dest"] == f"https://{shop.domain}" and claims["iss"] == f"https://{shop.domain}/admin":
            return claims
    raise Denied("invalid_subject_token", "The subject token is invalid, expired, or of another shop.")


def _pair(installation: Installation, scopes: list[str]) -> dict[str, Any]:
    """A fresh access token with its refresh token. Older access tokens live on until they expire."""
    now = machine_now()
    _forget_dead(installation, now)
    access = AccessToken(f"shpat_{secrets.token_hex(16)}", list(scopes), now + timedelta(seconds=ACCESS_SECONDS))
    refresh = RefreshToken(f"shprt_{secrets.token_hex(16)}", now + timedelta(seconds=REFRESH_SECONDS), list(scopes))
    installation.access_tokens[access.token] = access
    installation.refresh_tokens[refresh.token] = refresh
    return {
        "access_token": access.token,
        "scope": ",".join(scopes),
        "expires_in": ACCESS_SECONDS,
        "refresh_token": refresh.token,
        "refresh_token_expires_in": REFRESH_SECONDS,
    }


def _forget_dead(installation: Installation, now: datetime) -> None:
    for token in [one.token for one in installation.access_tokens.values() if one.expires_at is not None and one.expires_at <= now]:
        del installation.access_tokens[token]


def _permanent(installation: Installation) -> dict[str, Any]:
    token = AccessToken(f"shpat_{secrets.token_hex(16)}", list(installation.scopes), None)
    installation.access_tokens[token.token] = token
    return {"access_token": token.token, "scope": ",".join(token.scopes)}


def _online(installation: Installation, claims: dict[str, Any]) -> dict[str, Any]:
    expires = machine_now() + timedelta(seconds=86_400)
    staff = int(claims["sub"])
    token = AccessToken(f"shpua_{secrets.token_hex(16)}", list(installation.scopes), expires, staff)
    installation.access_tokens[token.token] = token
    user = {"id": staff, "first_name": "Sam", "last_name": "Owner", "email": "owner@example.com", "email_verified": True}
    more = {"account_owner": True, "locale": "en", "collaborator": False}
    scopes = ",".join(token.scopes)
    facts = {"expires_in": 86_399, "associated_user_scope": scopes, "associated_user": {**user, **more}}
    return {"access_token": token.token, "scope": scopes, "session": str(claims.get("sid", "")), **facts}


def _refresh(store: Store, shop: Shop, given: str) -> dict[str, Any]:
    """Using a token makes its predecessors useless; the used one itself works on until its successor is used."""
    installation = _installation(shop)
    token, now = installation.refresh_tokens.get(given), machine_now()
    if token is None or token.expires_at <= now:
        raise Denied("invalid_grant", "The refresh token is invalid, expired or revoked.")
    if token.first_used_at is not None and token.first_used_at + timedelta(days=REUSE_DAYS) <= now:
        raise Denied("invalid_grant", "The refresh token was replaced more than 30 days ago.")
    _retire_predecessors(installation, token)
    answer = _pair(installation, installation.scopes)
    token.first_used_at = token.first_used_at or now
    installation.refresh_tokens[answer["refresh_token"]].predecessor = token.token
    store.effects.add(shop.handle, "token_refreshed")
    return answer


def _retire_predecessors(installation: Installation, used: RefreshToken) -> None:
    """The first use of a token ends the one it came from, and what that one came from."""
    name = used.predecessor
    while name is not None and name in installation.refresh_tokens:
        name = installation.refresh_tokens.pop(name).predecessor
    used.predecessor = None
