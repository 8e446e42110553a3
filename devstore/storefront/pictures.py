"""Product pictures drawn as SVG, so that a store loads nothing from outside. The same name always gives the same picture.

`motifs/*.svg` are what is drawn, on 400 by 400, with `{main}`, `{deep}` and `{light}` for colours."""

import hashlib
import html
import re
from pathlib import Path

_PALETTES = (
    ("#f6efe6", "#e9dcc9", "#c2703d", "#7d3f1d", "#fff8ef"),
    ("#e9f1ee", "#d3e4dd", "#3f7d6b", "#1f4a3f", "#f7fffb"),
    ("#eef0f7", "#dadff0", "#4b5fa5", "#27346b", "#f7f8ff"),
    ("#f8ecef", "#f0d6dd", "#b2506a", "#6e2439", "#fff6f8"),
    ("#f5f1de", "#e9e0b8", "#b08a1e", "#665006", "#fffdf0"),
    ("#eaf2f6", "#d0e3ec", "#3d85a8", "#184b64", "#f5fcff"),
)

_SHADOW = '<ellipse cx="200" cy="322" rx="{rx}" ry="12" fill="{deep}" opacity=".16"/>'

_MOTIFS = {file.stem: file.read_text() for file in sorted((Path(__file__).parent / "motifs").glob("*.svg"))}

_WORDS = {
    "scarf": ("scarf", "blanket", "throw", "towel", "shawl", "cushion", "apron", "socks"),
    "mug": ("mug", "cup", "coffee", "espresso", "becher"),
    "candle": ("candle", "kerze", "wax", "t-light", "tealight", "incense"),
    "bag": ("bag", "tote", "shopper", "backpack", "lunch"),
    "book": ("book", "journal", "notebook", "diary", "calendar", "card", "planner", "paper"),
    "lamp": ("lamp", "lantern"),
    "light": ("light", "garland", "bunting"),
    "plant": ("plant", "pot", "garden", "flower", "herb"),
    "bottle": ("bottle", "soap", "wash", "oil", "syrup", "drink", "lotion", "cream", "shampoo"),
    "tin": ("tin", "tea", "box", "jar", "tee", "storage", "matcha", "honey", "jam", "granola"),
    "board": ("board", "chopping", "wood", "oak"),
    "pen": ("pen ", "pencil", " pen", "brush"),
    "vase": ("vase", "jug", "pitcher", "carafe"),
    "bowl": ("bowl", "dish", "plate", "tray", "saucer", "cake"),
    "shirt": ("shirt", "sweater", "hoodie", "jumper", "dress", "jacket"),
    "heart": ("heart", "decoration", "ornament", "hanging", "gift"),
}


def motif(title: str) -> str:
    """What to draw for a product, by the words of its title; anything else gets a stable pick."""
    words = title.lower()
    for name, marks in _WORDS.items():
        if any(mark in words for mark in marks):
            return name
    names = sorted(_MOTIFS)
    return names[_seed(title) % len(names)]


def draw(title: str, variant: str = "") -> str:
    """An SVG of 400 by 400. `variant` changes the colours, not the motif; case and punctuation of the title change nothing."""
    title = " ".join(re.findall(r"[a-z0-9]+", title.lower()))
    seed = _seed(f"{title}/{variant}")
    soft, pale, main, deep, light = _PALETTES[seed % len(_PALETTES)]
    body = _SHADOW.format(rx=112, deep=deep) + _MOTIFS[motif(title)]
    for name, colour in {"{main}": main, "{deep}": deep, "{light}": light}.items():
        body = body.replace(name, colour)
    turn = seed // 7 % 4
    ring = ((318, 92, 74), (84, 104, 62), (326, 300, 54), (70, 296, 82))[turn]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="{html.escape(title)}">'
        f'<rect width="400" height="400" fill="{soft}"/><circle cx="{ring[0]}" cy="{ring[1]}" r="{ring[2]}" fill="{pale}"/>'
        f'<path d="M0 322h400v78H0z" fill="{pale}" opacity=".75"/>{body}</svg>'
    )


def _seed(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
