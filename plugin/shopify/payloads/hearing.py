"""Where a shopper says they heard of the shop, as far as it matters to us: from a friend, or otherwise.

Shops ask it with a cart attribute ("How did you hear about us?"), or shoppers write it into the order's note. Their words are their
own and may be personal; we keep which kind of answer it was and nothing else. Known are the seven languages that we speak.
"""

import re
from collections.abc import Iterable
from typing import Literal

Heard = Literal["friend", "other", "noted"]
"""``friend`` or ``other``: the question was asked and answered. ``noted``: nobody asked, the note says that a friend sent them."""

LONGEST = 500

_QUESTION = re.compile(
    r"\bhear(?:d)?\b.*\b(?:about|of|from)\b|\bfind us\b|\bfound us\b|\breferred by\b|\bwho (?:sent|referred|recommended)\b"
    r"|auf uns aufmerksam|von uns (?:gehört|erfahren)|wie hast du uns gefunden|empfohlen von"
    r"|entendu parler|connus?\b.*\bcomment\b|comment\b.*\bconnus?\b"
    r"|nos conoci|supiste de nosotros|oído hablar"
    r"|ficou sabendo|ouviu falar|conheceu (?:a|nossa|o)"
    r"|どこで.*知り|きっかけ|何で知"
    r"|كيف.*(?:سمعت|عرفت)", re.IGNORECASE)
_FRIEND = re.compile(
    r"\bfriends?\b|\bfamily\b|\bcolleagues?\b|\bco-?workers?\b|\bneighbou?rs?\b|\bword of mouth\b|\brecommend|\breferral\b|\breferred\b"
    r"|\b(?:sister|brother|mother|father|mum|mom|dad|wife|husband|partner|cousin|aunt|uncle)\b"
    r"|freund|bekannte|kolleg|nachbar|familie|empfehl|empfohlen|mundpropaganda|schwester|bruder|mutter|vater"
    r"|\bami(?:e|s|es)?\b|famille|collègue|voisin|bouche.à.oreille|recommand"
    r"|\bamig[oa]s?\b|familia|compañer|vecin|boca a boca|recomend"
    r"|família|colega|vizinh|boca a boca|indica"
    r"|友達|友人|知人|家族|同僚|紹介|口コミ|くちコミ"
    r"|صديق|أصدقاء|صديقة|عائلة|زميل|جار|أهل", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:friend|sister|brother|mother|father|mum|mom|dad|wife|husband|colleague|co-?worker|neighbou?r|cousin|aunt|uncle)\b.{0,40}"
    r"\b(?:told|recommended|referred|sent|suggested|raved)\b"
    r"|\b(?:recommended|referred|sent|suggested) (?:to (?:me|us|you) )?by (?:an? |my |our )?(?:dear |good |best )?"
    r"(?:friend|sister|brother|mother|father|mum|mom|dad|wife|husband|colleague|co-?worker|neighbou?r|cousin|aunt|uncle)\b"
    r"|von (?:einer |einem |meiner |meinem )?(?:freund|kolleg|nachbar|schwester|bruder|mutter|vater|bekannten).{0,20}empfohlen"
    r"|recommandée? par (?:une? |mon |ma )?(?:ami|collègue|voisin|sœur|frère|mère|père)"
    r"|recomend(?:ad[oa]|ó|ou|ado).{0,20}\b(?:amig[oa]|colega|vecin|vizinh|herman|irmã)"
    r"|(?:友達|友人|知人|同僚).{0,8}(?:紹介|勧め|すすめ)"
    r"|(?:صديق|صديقة|زميل).{0,20}(?:أوصى|نصح|رشح)", re.IGNORECASE)


def heard(attributes: Iterable[tuple[str, str]], note: str) -> Heard | None:
    """What the attributes (name, value) and the note of an order say. None: nobody asked, and nothing was said."""
    answers = [value.strip()[:LONGEST] for name, value in attributes if _QUESTION.search(name[:LONGEST]) and value.strip()]
    if answers:
        return "friend" if any(_FRIEND.search(answer) for answer in answers) else "other"
    return "noted" if _SENT.search(note[:LONGEST]) else None
