"""A mail's words: subject, text and HTML in the reader's language, from the facts of its row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from plugin.locales import direction, language
from plugin.messaging import facts as facts_of
from plugin.messaging.facts import Facts, Worth
from plugin.messaging.share import LINKS, TERMS
from plugin.messaging.texts import say


@dataclass(frozen=True, slots=True)
class Setting:
    """Around the facts: in which language, for which shop, to whom. ``unsubscribe_url`` is None where nothing is subscribed to."""

    locale: str
    shop_name: str
    shop_url: str
    first_name: str | None
    unsubscribe_url: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def compose(kind: str, facts: Facts, setting: Setting) -> Letter:
    """The letter of this kind. Raises KeyError for facts that another kind's writer made."""
    paragraphs = [_greeting(setting), *BODIES[kind](facts, setting)]
    button = (say(setting.locale, f"mail.{kind}.button"), str(facts.get("url") or setting.shop_url))
    foot = _foot(facts, setting)
    return Letter(_subject(kind, facts, setting), _text(paragraphs, button, foot, setting), _html(paragraphs, button, foot, setting))


def _subject(kind: str, facts: Facts, setting: Setting) -> str:
    reward = Worth.of(facts["reward"]).words(setting.locale) if "reward" in facts else ""
    return say(setting.locale, f"mail.{kind}.subject", shop=setting.shop_name, reward=reward, count=facts.get("left", 0),
               target=facts.get("target", 0))


def _greeting(setting: Setting) -> str:
    if setting.first_name:
        return say(setting.locale, "mail.greeting", name=setting.first_name)
    return say(setting.locale, "mail.greeting_plain")


def _earned(facts: Facts, setting: Setting) -> Iterator[str]:
    reward, expires = Worth.of(facts["reward"]), facts_of.time(facts, "expires_at")
    yield say(setting.locale, "mail.earned.lead", shop=setting.shop_name, reward=reward.words(setting.locale))
    if facts["code"]:
        yield say(setting.locale, "mail.earned.code", code=facts["code"])
        yield say(setting.locale, "mail.earned.code_use")
    else:
        yield say(setting.locale, "mail.earned.credit")
    if expires:
        yield say(setting.locale, "mail.earned.expires", expires=expires)


def _taken_back(facts: Facts, setting: Setting) -> Iterator[str]:
    reward, left = Worth.of(facts["reward"]).words(setting.locale), facts_of.money(facts, "left")
    if left:
        yield say(setting.locale, "mail.taken_back.partly", reward=reward, left=left)
    else:
        yield say(setting.locale, "mail.taken_back.lead", reward=reward)
    if facts["spent"]:
        yield say(setting.locale, "mail.taken_back.spent")


def _magic_link(facts: Facts, setting: Setting) -> Iterator[str]:
    yield say(setting.locale, "mail.magic_link.lead", count=facts["minutes"])
    yield say(setting.locale, "mail.magic_link.not_you")


def _terms_changed(facts: Facts, setting: Setting) -> Iterator[str]:
    yield say(setting.locale, "mail.terms_changed.lead", shop=setting.shop_name, since=facts_of.time(facts, "since"))
    for before, after in facts["changes"]:
        key = "changed" if before and after else "added" if after else "gone"
        yield say(setting.locale, f"mail.terms_changed.{key}", before=before or "", after=after or "")
    yield say(setting.locale, "mail.terms_changed.earlier")


def _goal(kind: str) -> Callable[[Facts, Setting], Iterator[str]]:
    """How far, until when, and the link to go on with. What was reached needs no link: nothing is asked."""

    def told(facts: Facts, setting: Setting) -> Iterator[str]:
        yield say(setting.locale, f"mail.{kind}.lead", shop=setting.shop_name, count=facts["left"], target=facts["target"],
                  until=facts_of.time(facts, "until"), reward=Worth.of(facts["reward"]).words(setting.locale))
        if kind != "goal_reached":
            yield say(setting.locale, "mail.goal_link", link=f"{setting.shop_url.rstrip('/')}{LINKS}/{facts['slug']}")

    return told


GOALS = ("goal_start", "goal_halfway", "goal_one_to_go", "goal_reached", "goal_expiring")
BODIES: dict[str, Callable[[Facts, Setting], Iterator[str]]] = {
    "earned": _earned, "taken_back": _taken_back, "magic_link": _magic_link, "terms_changed": _terms_changed,
    **{kind: _goal(kind) for kind in GOALS}}


def _foot(facts: Facts, setting: Setting) -> list[tuple[str, str]]:
    """What stands small below: label and address."""
    links = []
    if facts.get("programme"):
        links.append((say(setting.locale, "terms.link"), f"{setting.shop_url}{TERMS}/{facts['programme']}"))
    return links


def _text(paragraphs: list[str], button: tuple[str, str], foot: list[tuple[str, str]], setting: Setting) -> str:
    ways = [say(setting.locale, "mail.way_on", label=label, url=url) for label, url in (button, *foot)]
    closing = [say(setting.locale, "mail.closing", shop=setting.shop_name)]
    if setting.unsubscribe_url:
        closing.append("-- \n" + say(setting.locale, "mail.unsubscribe", url=setting.unsubscribe_url))
    return "\n\n".join([*paragraphs, *ways, *closing]) + "\n"


def _html(paragraphs: list[str], button: tuple[str, str], foot: list[tuple[str, str]], setting: Setting) -> str:
    body = "".join(f'<p style="margin:0 0 16px;white-space:pre-line">{escape(paragraph)}</p>' for paragraph in paragraphs)
    label, url = escape(button[0]), escape(button[1], quote=True)
    links = [*foot, (say(setting.locale, "mail.unsubscribe_link"), setting.unsubscribe_url)] if setting.unsubscribe_url else foot
    small = " · ".join([escape(setting.shop_name), *(_link(*link) for link in links)])
    return _PAGE.format(lang=language(setting.locale), dir=direction(setting.locale), body=body, url=url, label=label, foot=small)


def _link(label: str, url: str) -> str:
    return f'<a href="{escape(url, quote=True)}" style="color:#5c5f62">{escape(label)}</a>'


_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#f4f4f4;color:#202223;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:12px">{body}
<p style="margin:24px 0"><a href="{url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f1f1f;color:#fff;\
text-decoration:none">{label}</a></p>
<p style="margin:0;color:#5c5f62;font-size:14px">{foot}</p></div></body></html>
"""
