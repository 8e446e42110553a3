"""app.json, Procfile and the TOML files of Shopify say what the code does."""

import json
import re
import secrets
import tomllib
from pathlib import Path
from typing import Any

import jobs.events
import plugin.cli
from plugin.config import SETTINGS
from plugin.shopify import scopes, version
from tests.house.test_graphql import schema
from tests.house.tree import ROOT

NAMES = {setting.name for setting in SETTINGS}
GIVEN_BY_ADDONS = {"DATABASE_URL", "REDIS_URL"}
GIVEN_BY_THE_PLATFORM = {"PORT"}
# What only tests and the demo set, and what is Shopify's own address.
NOT_FOR_HOSTS = {"FAILPOINT", "CLOCK_OFFSET_FILE", "SHOPIFY_ORIGIN", "SHOPIFY_ADMIN_ORIGIN", "SHOPIFY_CDN"}
SECRETS = {"SECRET_KEYS", "TOKEN_KEYS", "METRICS_TOKEN"}
APP_KEYS = {"name", "client_id", "handle", "application_url", "embedded", "extension_directories", "access_scopes", "auth", "webhooks",
            "app_proxy", "pos", "build", "access", "web_directories", "app_preferences", "customer_authentication", "events"}


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "app.json").read_text())
    return found


def shopify_app() -> dict[str, Any]:
    return tomllib.loads((ROOT / "shopify.app.toml").read_text())


def processes() -> dict[str, str]:
    return dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))


def test_the_host_is_told_every_setting() -> None:
    assert set(manifest()["env"]) == NAMES - GIVEN_BY_ADDONS - GIVEN_BY_THE_PLATFORM - NOT_FOR_HOSTS


def test_the_page_of_settings_names_every_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == NAMES


def test_what_addons_give_is_said() -> None:
    told = " ".join(one["description"] for one in manifest()["env"].values())
    assert all(name in told for name in GIVEN_BY_ADDONS | GIVEN_BY_THE_PLATFORM)


def test_every_setting_of_the_host_is_described() -> None:
    assert not [name for name, one in manifest()["env"].items() if len(one.get("description", "")) < 20]


def test_secrets_are_made_by_the_host() -> None:
    assert {name for name, one in manifest()["env"].items() if one.get("generator") == "secret"} == SECRETS


def test_a_secret_that_the_host_makes_is_strong_enough() -> None:
    """The generator gives 64 hexadecimal digits."""
    for setting in SETTINGS:
        if setting.name in SECRETS:
            assert setting.parse(secrets.token_hex(32))


def test_what_must_be_given_is_asked_for() -> None:
    required = {setting.name for setting in SETTINGS if setting.required}
    assert {name for name, one in manifest()["env"].items() if one.get("required")} == required - SECRETS


def test_the_host_runs_every_process() -> None:
    assert set(manifest()["formation"]) == {"web", "worker", "scheduler"}
    assert set(processes()) == {"release", "web", "worker", "scheduler"}
    assert {addon.split(":")[0] for addon in manifest()["addons"]} == {"heroku-postgresql", "heroku-redis"}


def test_every_process_is_a_command() -> None:
    commands = set(plugin.cli.main.commands)
    assert {line.removeprefix("python -m plugin.cli ").split()[0] for line in processes().values()} <= commands


def test_shopify_knows_every_section() -> None:
    assert set(shopify_app()) <= APP_KEYS


def test_scopes_are_asked_for_in_one_voice() -> None:
    assert sorted(shopify_app()["access_scopes"]["scopes"].split(",")) == sorted(scopes.REQUIRED)
    assert shopify_app()["access_scopes"]["optional_scopes"] == list(scopes.OPTIONAL)


def test_versions_have_one_home() -> None:
    assert shopify_app()["webhooks"]["api_version"] == version.WEBHOOKS
    spelled = re.compile(r'"20\d\d-(01|04|07|10)"')
    assert not [str(path) for path in sorted((ROOT / "plugin").rglob("*.py")) + sorted((ROOT / "jobs").rglob("*.py"))
                if path.name != "version.py" and spelled.search(path.read_text())]


def test_every_topic_exists() -> None:
    known = set(schema().type_map["WebhookSubscriptionTopic"].values)  # type: ignore[attr-defined]
    assert not [topic for topic in topics() if re.sub(r"[/.]", "_", topic.upper()) not in known]


def test_every_topic_has_a_handler() -> None:
    assert not sorted((topics() | compliance()) - set(jobs.events.EVENTS))


def test_compliance_topics_are_all_there() -> None:
    assert compliance() == {"customers/data_request", "customers/redact", "shop/redact"}


def test_addresses_of_the_app_fit_its_routes() -> None:
    app = shopify_app()
    assert app["application_url"].endswith("/app")
    assert app["app_proxy"] == {"url": "/proxy", "prefix": "apps", "subpath": "tandem"}
    assert {one["uri"] for one in app["webhooks"]["subscriptions"]} == {"/webhooks"}


def test_a_discounts_links_lead_to_pages_of_ours() -> None:
    extension = tomllib.loads((ROOT / "storefront_snippets" / "discount" / "shopify.extension.toml").read_text())["extensions"][0]
    routes = (ROOT / "tests" / "house" / "routes.txt").read_text()
    assert not [path for path in extension["ui"]["paths"].values() if not re.search(rf"^GET +{path} embedded$", routes, re.M)]


def test_every_extension_is_found() -> None:
    assert shopify_app()["extension_directories"] == ["storefront_snippets/*"]
    kinds = [extension["type"] for path in sorted((ROOT / "storefront_snippets").glob("*/shopify.extension.toml"))
             for extension in _extensions(path)]
    assert {"theme", "ui_extension"} <= set(kinds)


def topics() -> set[str]:
    return {topic for one in shopify_app()["webhooks"]["subscriptions"] for topic in one.get("topics", [])}


def compliance() -> set[str]:
    return {topic for one in shopify_app()["webhooks"]["subscriptions"] for topic in one.get("compliance_topics", [])}


def _extensions(path: Path) -> list[dict[str, Any]]:
    told = tomllib.loads(path.read_text())
    extensions: list[dict[str, Any]] = told.get("extensions", [told])
    return extensions
