"""Readiness: ready, not yet or no data, each reason shown; what customers say; going ahead with a reason."""

import re
from decimal import Decimal
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.insights import readiness, tables
from plugin.insights.rules import readiness as limits
from plugin.insights.tables import Voice
from plugin.shops.tables import Shop
from plugin.web.guards import embedded, looks
from plugin.web.shell import SAID, moved, page, translator
from plugin.web.state import staff

LIST = "/app/readiness"
FIELDS = ("asked", "missing", "reviews", "stars")
MOST = 10_000_000
LIMITS = {"refunds": limits.MOST_REFUNDS_BP, "repeat": limits.LEAST_REPEAT_BP, "survey": limits.LEAST_MISSING_BP,
          "baseline": limits.LEAST_BASELINE_BP}
_STARS = re.compile(r"([1-5])(?:[.,]([0-9]{1,2}))?")


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(judged)
    blueprint.post(f"{LIST}/voice")(save_voice)
    blueprint.post(f"{LIST}/override")(go_ahead)


@embedded
@looks
def judged(shop: Shop, session: Session) -> str:
    return _page(shop, session)


@embedded
def save_voice(shop: Shop, session: Session) -> ResponseReturnValue:
    """All four may be empty: then nothing is known."""
    typed = {name: request.form.get(name, "").strip()[:20] for name in FIELDS}
    read, faults = _read(typed)
    if faults:
        say = translator(shop)
        errors = {name: say(f"readiness.fault.{why}") for name, why in faults.items()}
        return _page(shop, session, voice={"values": typed, "errors": errors}), 422
    readiness.keep_voice(session, shop.id, read, staff=staff(), now=clock.now())
    return moved(LIST, said="voice")


@embedded
def go_ahead(shop: Shop, session: Session) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:500]
    try:
        readiness.override(session, shop.id, reason, staff=staff(), now=clock.now())
    except Refused as refused:
        form = {"values": {"reason": reason}, "errors": {"reason": translator(shop)(refused.key)}}
        return _page(shop, session, going=form), 422
    return moved(LIST, said="override")


def _page(shop: Shop, session: Session, *, voice: dict[str, Any] | None = None, going: dict[str, Any] | None = None) -> str:
    told, said = readiness.judged(session, shop.id, clock.now()), request.args.get(SAID)
    return page("insights/readiness.html", shop=shop, told=told, limits=LIMITS, overrides=tables.overrides(session, shop.id),
                overridden=readiness.is_overridden(session, shop.id, told), said=said if said in ("voice", "override") else None,
                voice=voice or {"values": _written(tables.voice(session, shop.id)), "errors": {}},
                going=going or {"values": {"reason": ""}, "errors": {}})


def _written(kept: Voice | None) -> dict[str, str]:
    if kept is None:
        return dict.fromkeys(FIELDS, "")
    told = {"asked": kept.asked, "missing": kept.missing, "reviews": kept.reviews}
    stars = "" if kept.stars is None else f"{kept.stars // limits.STAR}.{kept.stars % limits.STAR:02}".rstrip("0").rstrip(".")
    return {**{name: "" if count is None else str(count) for name, count in told.items()}, "stars": stars}


def _read(typed: dict[str, str]) -> tuple[dict[str, int | None], dict[str, str]]:
    """The four figures, and what is wrong with those that cannot be."""
    faults: dict[str, str] = {}
    read: dict[str, int | None] = {name: _whole(typed[name], name, faults) for name in ("asked", "missing", "reviews")}
    found = _STARS.fullmatch(typed["stars"])
    read["stars"] = int(Decimal(f"{found[1]}.{found[2] or 0}").scaleb(2)) if found else None
    if typed["stars"] and (read["stars"] is None or read["stars"] > limits.MOST_STARS):
        faults["stars"] = "stars"
    asked, missing = read["asked"], read["missing"]
    if not faults and (asked is None) != (missing is None):
        faults["missing" if missing is None else "asked"] = "both"
    elif asked is not None and missing is not None and missing > asked:
        faults["missing"] = "more"
    if not faults and (read["reviews"] is None) != (read["stars"] is None):
        faults["stars" if read["stars"] is None else "reviews"] = "both"
    return read, faults


def _whole(text: str, name: str, faults: dict[str, str]) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,8}", text, re.ASCII) or int(text) > MOST:
        faults[name] = "whole"
        return None
    return int(text)
