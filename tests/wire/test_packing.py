"""The admin's pages and files leave gzipped, once each, and are known again by their tag."""

import gzip

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.context import Context


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    return app.test_client().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_is_packed_for_whoever_takes_it(app: Flask) -> None:
    plain, packed = get(app, "/static/htmx.min.js"), get(app, "/static/htmx.min.js", Accept_Encoding="br, gzip")
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 2
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) == len(packed.data)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_browser_has_is_not_sent_again(app: Flask) -> None:
    first = get(app, "/static/htmx.min.js", Accept_Encoding="gzip")
    again = get(app, "/static/htmx.min.js", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/static/uplot.LICENSE", "/healthz", "/static/missing.js", "/bounce?shopify-reload=/app"])
def test_everything_else_goes_as_it_is(app: Flask, path: str) -> None:
    assert "Content-Encoding" not in get(app, path, Accept_Encoding="gzip").headers
