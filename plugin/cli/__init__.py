"""``tandem``: the command that starts every process of the app and says what is wrong with its surroundings."""

import importlib
import os
import sys
import tempfile
from typing import TYPE_CHECKING

import click

from plugin.config import Settings
from plugin.errors import Refused

if TYPE_CHECKING:
    from flask import Flask

THREADS = 32


@click.group()
def main() -> None:
    """Tandem: referrals, partners and upsells for Shopify."""


@main.command()
@click.option("--workers", default=1, type=click.IntRange(1, 64), help="Processes that answer requests.")
def web(workers: int) -> None:
    """Answer requests, under granian."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    settings = _settings()
    if workers > 1:  # must be known before the first counter is made, in every process
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="tandem-metrics-"))
    Granian("plugin.cli:wsgi", factory=True, address=settings.bind, port=settings.port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=THREADS, http=HTTPModes.http1, websockets=False, respawn_failed_workers=True).serve()


def wsgi() -> "Flask":
    """What granian serves in each of its processes."""
    from plugin.app import create_app, make_context
    from plugin.web import logs

    logs.configure()
    bell = importlib.import_module("jobs.bell")
    return create_app(make_context(_settings()), ring=bell.ring)


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables; forward only, safe to repeat."""
    from alembic import command

    from plugin.db import make_engine
    from plugin.web.ready import alembic_config

    settings = _settings()
    command.upgrade(alembic_config(make_engine(settings.database_url)), "heads")
    click.echo("The database is up to date.")


@main.command()
def doctor() -> None:
    """Check settings, database, migrations, Redis, scopes and whether Shopify can reach us; say what to do."""
    from plugin.cli.doctor import examine

    findings = list(examine(_settings()))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.well else 'BAD '} {finding.name}: {finding.told}")
        if finding.advice:
            click.echo(f"       {finding.advice}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


@main.command()
def worker() -> None:
    """Settle events and send deliveries; start as many as you like."""
    _run_job("worker")


@main.command()
def scheduler() -> None:
    """Ring for what is due and run the recurring work; several may stand by, one leads."""
    _run_job("scheduler")


def _run_job(name: str) -> None:
    from plugin.app import make_context
    from plugin.web import logs

    logs.configure()
    importlib.import_module(f"jobs.{name}").run(make_context(_settings()))


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except Refused as refused:
        click.echo(refused.message, err=True)
        sys.exit(2)
