"""What only a development store shows: mail, webhooks, faults, the effect log."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.adminside.shell import back, shop_of, view
from devstore.app import services
from devstore.faults import KINDS, Fault
from devstore.state.store import Unknown
from devstore.webhooks import Disturbance

admin_platform = Blueprint("admin_platform", __name__, url_prefix="/_admin/store/<handle>", template_folder="templates")
SHOWN = 200


@admin_platform.get("/mail")
def mail(handle: str) -> str:
    """Every mail that the app sent, whichever store it was for: mail knows no stores."""
    return view("mail.html", shop_of(handle), "Mail sent", mails=services().mailbox.mails[::-1][:SHOWN])


@admin_platform.get("/mail/<int:number>")
def one_mail(handle: str, number: int) -> str:
    one = _mail(number)
    return view("one_mail.html", shop_of(handle), one["subject"] or "(no subject)", mail=one)


@admin_platform.get("/mail/<int:number>/html")
def mail_html(handle: str, number: int) -> Response:
    """The HTML part for a frame that may run nothing."""
    answer = Response(_mail(number)["html"], mimetype="text/html")
    answer.headers["Content-Security-Policy"] = "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'"
    return answer


def _mail(number: int) -> dict[str, Any]:
    mails = services().mailbox.mails
    if not 0 < number <= len(mails):
        raise Unknown(f"There is no mail {number}.")
    return mails[number - 1]


@admin_platform.get("/webhooks")
def webhooks(handle: str) -> str:
    shop, hooks = shop_of(handle), services().webhooks
    log = [entry for entry in reversed(hooks.log) if entry["shop"] == shop.handle][:SHOWN]
    subscriptions = sorted({one.topic for one in shop.installation.subscriptions}) if shop.installation else []
    facts = hooks.status()
    return view("webhooks.html", shop, "Webhooks", log=log, facts=facts, disturbances=hooks.disturbances, topics=subscriptions)


@admin_platform.post("/webhooks")
def disturb(handle: str) -> AnyResponse:
    """`act`: hold, drop, duplicate, late, shuffle (from now on), release, retry."""
    shop, hooks = shop_of(handle), services().webhooks
    act = request.form.get("act", "")
    if act == "release":
        return back(shop, "/webhooks", f"{hooks.release()} held webhooks were sent.")
    if act == "retry":
        hooks.retry_now()
        return back(shop, "/webhooks", "Everything that waited is due now.")
    if act not in ("hold", "drop", "duplicate", "late", "shuffle"):
        return back(shop, "/webhooks", "Choose what shall happen.")
    topic = request.form.get("topic") or None
    hooks.disturb(Disturbance(act, shop.handle, topic, seconds=10.0 if act == "late" else 3.0))
    return back(shop, "/webhooks", f"From now on: {act} {topic or 'every topic'}.")


@admin_platform.get("/faults")
def faults(handle: str) -> str:
    return view("faults.html", shop_of(handle), "Faults", planned=services().faults.planned, met=services().faults.met, kinds=KINDS)


@admin_platform.post("/faults")
def plan_fault(handle: str) -> AnyResponse:
    shop = shop_of(handle)
    kind = request.form.get("kind", "")
    if kind == "clear":
        services().faults.clear()
        return back(shop, "/faults", "All faults were taken away.")
    if kind not in KINDS:
        return back(shop, "/faults", "Choose a fault.")
    times = request.form.get("times", 1, type=int)
    services().faults.add(Fault(kind, shop.handle, request.form.get("operation") or None, times or None))
    return back(shop, "/faults", f"The next {times or ''} calls meet {kind}.")


@admin_platform.get("/effects")
def effects(handle: str) -> str:
    shop = shop_of(handle)
    kind = request.args.get("kind") or None
    everything = services().store.effects.read(shop=shop.handle)
    listed = [entry for entry in everything if kind in (None, entry["kind"])][::-1]
    kinds = sorted({entry["kind"] for entry in everything})
    return view("effects.html", shop, "Effect log", entries=listed[:SHOWN], count=len(listed), kinds=kinds, kind=kind)
