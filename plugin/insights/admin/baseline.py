"""Word of mouth before and beside the programme: the rates, a form for what staff hear, and the tokens of tills and help desks."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.clock import zone
from plugin.errors import NotFound, Refused
from plugin.insights import baseline, profit, tables, tokens
from plugin.insights.admin.paging import before
from plugin.insights.api import ADDRESS
from plugin.insights.baseline import Sender, Span
from plugin.insights.rules.baseline import TEAMS, read
from plugin.mirror import tables as mirror
from plugin.shops.tables import Shop
from plugin.web.guards import embedded, looks
from plugin.web.shell import SAID, here, moved, page, translator
from plugin.web.state import current_context, staff

LIST = "/app/baseline"
PAGE = 25
_SAYINGS = ("reported", "removed", "revoked")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(word_of_mouth)
    blueprint.post(LIST)(note_report)
    blueprint.post(f"{LIST}/removal")(remove_report)
    blueprint.post(f"{LIST}/tokens")(make_token)
    blueprint.post(f"{LIST}/tokens/revocation")(revoke_token)


@embedded
@looks
def word_of_mouth(shop: Shop, session: Session) -> str:
    return _page(shop, session)


@embedded
def note_report(shop: Shop, session: Session) -> ResponseReturnValue:
    """A referral that somebody heard of. Sending the form twice writes it down once."""
    typed = {name: request.form.get(name, "").strip()[:60] for name in ("team", "bought", "order", "day", "nonce")}
    now = clock.now()
    try:
        told = {"team": typed["team"], "bought": typed["bought"] == "yes" or bool(typed["order"]), "order": typed["order"] or None}
        made = read({**told, "heard_at": _moment(typed["day"], shop, now)}, now)
        baseline.take(session, shop.id, made, f"form/{_uuid(typed['nonce'])}", sender=Sender(staff()), machine_now=clock.machine_now())
    except Refused as refused:
        if refused.reason == "repeated":
            return moved(LIST, said="reported")
        field = {"heard_at": "day"}.get(str(refused.facts.get("field")), str(refused.facts.get("field", "order")))
        return _page(shop, session, form={"values": typed, "errors": {field: translator(shop)(f"baseline.fault.{field}")}}), 422
    return moved(LIST, said="reported")


@embedded
def remove_report(shop: Shop, session: Session) -> ResponseReturnValue:
    """A report was a mistake."""
    baseline.drop(session, shop.id, tables.report(session, shop.id, _uuid(request.args.get("id", ""))))
    return moved(LIST, said="removed")


@embedded
def make_token(shop: Shop, session: Session) -> ResponseReturnValue:
    """The answer shows the token, once: no redirect may carry it."""
    name = request.form.get("name", "")[:80]
    try:
        _, text = tokens.make(session, shop.id, name, staff=staff(), now=clock.machine_now())
    except Refused as refused:
        return _page(shop, session, naming={"values": {"name": name}, "errors": {"name": translator(shop)(refused.key)}}), 422
    return _page(shop, session, token=text)


@embedded
def revoke_token(shop: Shop, session: Session) -> ResponseReturnValue:
    tokens.revoke(session, shop.id, _uuid(request.args.get("id", "")), clock.machine_now())
    return moved(LIST, said="revoked")


def _page(shop: Shop, session: Session, *, form: dict[str, Any] | None = None, naming: dict[str, Any] | None = None,
          token: str | None = None) -> str:
    now, said = clock.now(), request.args.get(SAID)
    began = profit.began(session, shop.id)
    rows = tables.reports(session, shop.id, before=before(request), limit=PAGE)
    today = now.astimezone(zone(shop.timezone)).date().isoformat()
    return page("insights/baseline.html", shop=shop, began=began, token=token, teams=TEAMS, rows=rows,
                earlier=baseline.counted(session, shop.id, Span(None, min(began or now, now))),
                since=baseline.counted(session, shop.id, Span(began, now)) if began and began < now else None,
                names=mirror.names(session, shop.id, {row.order_id for row in rows if row.order_id}),
                tokens=tables.tokens(session, shop.id),
                form=form or {"values": {"team": "sales", "bought": "", "order": "", "day": today, "nonce": str(uuid4())}, "errors": {}},
                naming=naming or {"values": {"name": ""}, "errors": {}}, address=current_context().settings.app_url + ADDRESS,
                following=here(LIST, before=rows[-1].id) if len(rows) == PAGE else None,
                said=said if said in _SAYINGS and request.method == "GET" else None)


def _moment(day: str, shop: Shop, now: datetime) -> str:
    """Noon of a day where the shop is; now for today and for an empty field. What is no day is left for ``read`` to refuse."""
    try:
        noon = datetime.combine(datetime.fromisoformat(day or now.isoformat()).date(), time(12), zone(shop.timezone))
    except ValueError:
        return day
    return min(noon, now).isoformat() if noon - now < timedelta(days=1) else noon.isoformat()


def _uuid(text: str) -> UUID:
    """Raises NotFound for nonsense."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("report") from error
