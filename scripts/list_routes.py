"""``.venv/bin/python -m scripts.list_routes > tests/house/routes.txt``: every address of the app, and who may call it."""

import os
from collections.abc import Iterator

from flask import Flask

from plugin.app import create_app, make_context
from plugin.config import Settings

# Enough to build the app; nothing is called.
SETTINGS = {
    "DATABASE_URL": "sqlite:///never-opened.db",
    "SHOPIFY_API_KEY": "route-inventory", "SHOPIFY_API_SECRET": "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",
    "SECRET_KEYS": "w8Zk3mB1xV9cL6vN2kR7yH4pD5fJ0sGb", "TOKEN_KEYS": "8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA=",
    "APP_URL": "https://tandem.example.com",
}


def app() -> Flask:
    """The app as it would be served."""
    return create_app(make_context(Settings.from_environment(SETTINGS)))


def lines(made: Flask) -> Iterator[str]:
    """"METHODS path guard", with the guard's reason where anybody may call."""
    for rule in sorted(made.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if rule.endpoint == "static":
            continue
        view = made.view_functions[rule.endpoint]
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        guard, why = getattr(view, "guard", "NONE"), getattr(view, "why", "")
        yield f"{methods:10} {rule.rule} {guard}{f' ({why})' if why else ''}"


if __name__ == "__main__":
    print(*lines(app()), sep=os.linesep)
