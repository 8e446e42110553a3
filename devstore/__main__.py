"""``python -m devstore --port 0 --data DIR``: prints ``devstore ready URL`` when it answers."""

import argparse
from dataclasses import replace
from pathlib import Path

from devstore.server import serve
from devstore.state.settings import App, Settings, declared


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstore", description="A strict stand-in for Shopify on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--data", type=Path, help="folder of the snapshot and of bulk results")
    parser.add_argument("--app-url", default=App.url, help="where the app answers")
    parser.add_argument("--api-key", default=App.client_id)
    parser.add_argument("--api-secret", default=App.secret)
    parser.add_argument("--old-api-secret", help="while a secret is rotated, webhooks are signed with the older one")
    parser.add_argument("--app-config", type=Path, help="a shopify.app.toml: scopes, webhook topics, app proxy")
    parser.add_argument("--smtp-port", type=int, help="catch mail on this port; 0: any free port")
    parser.add_argument("--clock-file", type=Path, help="file with the seconds by which business time is moved")
    parser.add_argument("--theme-blocks", type=Path, help="folder of the app's theme extension")
    parser.add_argument("--bare", action="store_true", help="the app's blocks stand nowhere until the merchant places them")
    parser.add_argument("--webhook-gaps", help="seconds between the retries of a webhook, with commas")
    parser.add_argument("--bulk-seconds", type=float, default=Settings.bulk_seconds, help="how long asynchronous work takes")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    app = App(given.api_key, given.api_secret, given.old_api_secret, url=given.app_url.rstrip("/"))
    settings = Settings(data=given.data, clock_file=given.clock_file, theme_blocks=given.theme_blocks, bulk_seconds=given.bulk_seconds,
                        bare=given.bare)
    settings = replace(settings, app=declared(app, given.app_config) if given.app_config else app)
    if given.webhook_gaps is not None:
        settings = replace(settings, webhook_gaps=tuple(float(one) for one in given.webhook_gaps.split(",") if one))
    serve(settings, port=given.port, smtp_port=given.smtp_port)


if __name__ == "__main__":
    main()
