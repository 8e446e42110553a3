"""Every page as the browser gets it: each element, attribute, value and slot is one that Shopify publishes; each form is sent by htmx."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from scripts.setup import node
from tests.desk.conftest import Desk, World, on_one

ROOT = Path(__file__).parents[2]
pytestmark = on_one


def pages(desk: Desk, world: World) -> dict[str, str]:
    """Every admin page that is got without a body, by its address."""
    ids = {**vars(world), "programme_id": world.programme, "order_id": world.order, "advocate_id": world.advocate}
    rules = [rule.rule for rule in desk.app.url_map.iter_rules() if rule.rule.startswith("/app") and "GET" in (rule.methods or ())]
    told = {}
    for rule in rules:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(ids.get(match[1], match[0])), rule)
        answer = desk.get(path) if "<" not in path else None
        if answer is not None and answer.mimetype == "text/html" and answer.status_code == 200:
            told[path] = answer.text
    return told


def test_every_element_is_one_that_shopify_publishes(desk: Desk, world: World) -> None:
    told = pages(desk, world)
    assert len(told) >= 15
    environment = node.environment()
    program = shutil.which("node", path=environment["PATH"])
    assert program, "Node is needed: ./run setup"
    answer = subprocess.run([program, str(ROOT / "admin_ui" / "tools" / "check-pages.mjs")], input=json.dumps(told), capture_output=True,
                            text=True, env=environment, check=True, cwd=ROOT)
    assert json.loads(answer.stdout) == {}


def test_every_form_is_sent_by_htmx(desk: Desk, world: World) -> None:
    """A plain submit would arrive without App Bridge's token, be refused, and take the page and its input away."""
    plain = [(path, form) for path, html in pages(desk, world).items() for form in re.findall(r"<form\b[^>]*>", html)
             if 'method="post"' in form and "hx-post=" not in form]
    assert plain == []


def test_every_page_loads_app_bridge_first(desk: Desk, world: World) -> None:
    """Built for Shopify: the current App Bridge, from Shopify's CDN, the first script in the head of every document."""
    for path, html in pages(desk, world).items():
        if "<html" in html:
            first = re.search(r"<script\b[^>]*>", html)
            assert first is not None and "/shopifycloud/app-bridge.js" in first[0] and "data-api-key=" in first[0], path


def test_sub_pages_have_a_way_back(desk: Desk, world: World) -> None:
    top = {"/app", *re.findall(r'<s-link href="(/app/[a-z]+)', desk.get("/app").text)}
    documents = {path: html for path, html in pages(desk, world).items() if "<html" in html and path not in top}
    assert [path for path, html in documents.items() if 'slot="breadcrumb-actions"' not in html] == []
