"""A mail's words: subject, text and HTML in the reader's language, from the facts of its row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape

from plugin.locales import apart, direction, language
from plugin.messaging import facts as facts_of
from plugin.messaging.facts import Facts, Worth
from plugin.messaging.share import LINKS, TERMS
from plugin.messaging.texts import say


@dataclass(frozen=True, slots=True)
class Setting:
    """Around the facts: in which language, for which shop, to whom, by whose calendar. ``unsubscribe_url`` is None where nothing is
    subscribed to."""

    locale: str
    shop_name: str
    shop_url: str
    first_name: str | None
    unsubscribe_url: str | None
    zone: tzinfo = UTC

    @property
    def shop(self) -> str:
        """Its name as it may stand in a sentence of ours."""
        return apart(self.shop_name, self.locale)

    def address(self, path: str) -> str:
        return f"{self.shop_url.rstrip('/')}{path}"


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``link`` and ``code`` stand in its text: what a reader wants to follow, and to copy."""

    text: str
    link: str = ""
    code: str = ""


def compose(kind: str, facts: Facts, setting: Setting) -> Letter:
    """The letter of this kind. Raises KeyError for facts that another kind's writer made."""
    body = (one if isinstance(one, Paragraph) else Paragraph(one) for one in BODIES[kind](facts, setting))
    paragraphs = [Paragraph(_greeting(setting)), *body]
    button = (say(setting.locale, f"mail.{kind}.button"), str(facts.get("url") or setting.shop_url))
    foot = _foot(facts, setting)
    subject = _subject(kind, facts, setting)
    return Letter(subject, _text(paragraphs, button, foot, setting), _html(subject, paragraphs, button, foot, setting=setting))


def _subject(kind: str, facts: Facts, setting: Setting) -> str:
    reward = Worth.of(facts["reward"]).words(setting.locale) if "reward" in facts else ""
    return say(setting.locale, f"mail.{kind}.subject", shop=setting.shop, reward=reward, count=facts.get("left", 0),
               target=facts.get("target", 0))


def _greeting(setting: Setting) -> str:
    if setting.first_name:
        return say(setting.locale, "mail.greeting", name=apart(setting.first_name, setting.locale))
    return say(setting.locale, "mail.greeting_plain")


def _code(facts: Facts, setting: Setting) -> Paragraph:
    """As it is, with no sign around it that would be copied to the checkout."""
    return Paragraph(say(setting.locale, "mail.earned.code", code=facts["code"]), code=facts["code"])


def _day(facts: Facts, name: str, setting: Setting) -> datetime | None:
    """The day of the shop's own calendar, as its pages say it too."""
    at = facts_of.time(facts, name)
    return at.astimezone(setting.zone) if at else None


def _earned(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    reward, expires = Worth.of(facts["reward"]), _day(facts, "expires_at", setting)
    yield say(setting.locale, "mail.earned.lead", shop=setting.shop, reward=reward.words(setting.locale))
    if facts["code"]:
        yield _code(facts, setting)
        yield say(setting.locale, "mail.earned.code_use")
    else:
        yield say(setting.locale, "mail.earned.credit")
    if expires:
        yield say(setting.locale, "mail.earned.expires", expires=expires)


def _taken_back(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    reward, left = Worth.of(facts["reward"]).words(setting.locale), facts_of.money(facts, "left")
    if left:
        yield say(setting.locale, "mail.taken_back.partly", reward=reward, left=left)
    else:
        yield say(setting.locale, "mail.taken_back.lead", reward=reward)
    if facts["spent"]:
        yield say(setting.locale, "mail.taken_back.spent")


def _goodwill(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    yield say(setting.locale, "mail.goodwill.lead", shop=setting.shop, reward=Worth.of(facts["reward"]).words(setting.locale))
    yield _code(facts, setting)
    yield say(setting.locale, "mail.earned.code_use")
    yield say(setting.locale, "mail.earned.expires", expires=_day(facts, "expires_at", setting))


def _goodwill_gone(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    yield say(setting.locale, "mail.goodwill_gone.lead", reward=Worth.of(facts["reward"]).words(setting.locale))


def _magic_link(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    yield say(setting.locale, "mail.magic_link.lead", count=facts["minutes"])
    yield say(setting.locale, "mail.magic_link.not_you")


def _terms_changed(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
    yield say(setting.locale, "mail.terms_changed.lead", shop=setting.shop, since=_day(facts, "since", setting))
    for before, after in facts["changes"]:
        key = "changed" if before and after else "added" if after else "gone"
        yield say(setting.locale, f"mail.terms_changed.{key}", before=before or "", after=after or "")
    yield say(setting.locale, "mail.terms_changed.earlier")


def _goal(kind: str) -> Callable[[Facts, Setting], Iterator[str | Paragraph]]:
    """How far, until when, and the link to go on with. What was reached needs no link: nothing is asked."""

    def told(facts: Facts, setting: Setting) -> Iterator[str | Paragraph]:
        yield say(setting.locale, f"mail.{kind}.lead", shop=setting.shop, count=facts["left"], target=facts["target"],
                  until=_day(facts, "until", setting), reward=Worth.of(facts["reward"]).words(setting.locale))
        if kind != "goal_reached":
            link = setting.address(f"{LINKS}/{facts['slug']}")
            yield Paragraph(say(setting.locale, "mail.goal_link", link=link), link=link)

    return told


GOALS = ("goal_start", "goal_halfway", "goal_one_to_go", "goal_reached", "goal_expiring")
BODIES: dict[str, Callable[[Facts, Setting], Iterator[str | Paragraph]]] = {
    "earned": _earned, "taken_back": _taken_back, "goodwill": _goodwill, "goodwill_gone": _goodwill_gone,
    "magic_link": _magic_link, "terms_changed": _terms_changed,
    **{kind: _goal(kind) for kind in GOALS}}


def _foot(facts: Facts, setting: Setting) -> list[tuple[str, str]]:
    """What stands small below: label and address."""
    links = []
    if facts.get("programme"):
        links.append((say(setting.locale, "terms.link"), setting.address(f"{TERMS}/{facts['programme']}")))
    return links


def _text(paragraphs: list[Paragraph], button: tuple[str, str], foot: list[tuple[str, str]], setting: Setting) -> str:
    ways = [say(setting.locale, "mail.way_on", label=label, url=url) for label, url in (button, *foot)]
    closing = [say(setting.locale, "mail.closing", shop=setting.shop)]
    if setting.unsubscribe_url:
        closing.append("-- \n" + say(setting.locale, "mail.unsubscribe", url=setting.unsubscribe_url))
    return "\n\n".join([*(one.text for one in paragraphs), *ways, *closing]) + "\n"


def _html(subject: str, paragraphs: list[Paragraph], button: tuple[str, str], foot: list[tuple[str, str]], *, setting: Setting) -> str:
    body = "".join(f'<p style="margin:0 0 16px;white-space:pre-line;overflow-wrap:anywhere">{_written(one)}</p>' for one in paragraphs)
    label, url = escape(button[0]), escape(button[1], quote=True)
    links = [*foot, (say(setting.locale, "mail.unsubscribe_link"), setting.unsubscribe_url)] if setting.unsubscribe_url else foot
    small = " · ".join([escape(setting.shop), *(_link(*link) for link in links)])
    head = {"lang": language(setting.locale), "dir": direction(setting.locale), "title": escape(subject)}
    return _PAGE.format(**head, body=body, url=url, label=label, foot=small)


def _written(paragraph: Paragraph) -> str:
    """Addresses and codes run from the left in every language."""
    text = escape(paragraph.text)
    if paragraph.link:
        shown, address = escape(paragraph.link), escape(paragraph.link, quote=True)
        text = text.replace(shown, f'<a dir="ltr" class="link" href="{address}" style="color:#1a5dab">{shown}</a>')
    if paragraph.code:
        shown = escape(paragraph.code)
        text = text.replace(shown, f'<strong dir="ltr" style="font-size:20px">{shown}</strong>')
    return text


def _link(label: str, url: str) -> str:
    return f'<a class="quiet" href="{escape(url, quote=True)}" style="color:#5c5f62">{escape(label)}</a>'


# Programs that know a dark appearance use the style below, the others draw what stands at each element, or turn it over themselves.
_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{title}</title>
<style>@media (prefers-color-scheme: dark) {{ .around {{ background: #16181a !important; color: #e6e8ea !important }}
.paper {{ background: #24272a !important }} .button {{ background: #f1f2f3 !important; color: #16181a !important }}
.link {{ color: #9cc4f5 !important }} .quiet {{ color: #b3b8bd !important }} }}</style></head>
<body class="around" style="margin:0;padding:24px;background:#f4f4f4;color:#202223;font:16px/1.5 system-ui,sans-serif">
<div class="paper" style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:12px">{body}
<p style="margin:24px 0"><a class="button" href="{url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f1f1f;\
color:#fff;text-decoration:none">{label}</a></p>
<p class="quiet" style="margin:0;color:#5c5f62;font-size:14px">{foot}</p></div></body></html>
"""
