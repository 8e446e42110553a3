"""The process: ready line, snapshot at the end, resumed state; mail; the clock's file."""

import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from devstore.state.settings import Settings
from devstore.state.snapshot import load, plain, save
from devstore.state.store import Store
from tests.devstore.test_webhooks import everything
from tests.devstore.world import World


def test_it_says_when_it_is_ready_and_resumes(tmp_path: Path) -> None:
    first = _started(tmp_path)
    requests.post(f"{first[1]}/_devstore/orders", json={"shop": "north", "email": "a@b.c", "lines": [{"product": "brass-pen"}]}, timeout=5)
    effects = requests.get(f"{first[1]}/_devstore/effects", timeout=5).json()
    _end(first[0])
    second = _started(tmp_path)
    assert requests.get(f"{second[1]}/_devstore/effects", timeout=5).json() == effects
    assert len(requests.get(f"{second[1]}/_devstore/orders", timeout=5).json()["orders"]) == 1
    _end(second[0])


def _started(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen([sys.executable, "-m", "devstore", "--port", "0", "--data", str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    words = process.stdout.readline().split()
    assert words[:2] == ["devstore", "ready"]
    return process, words[2]


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0


def test_everything_survives_a_snapshot(world: World, tmp_path: Path) -> None:
    everything(world)
    customer = world.order("south", use_store_credit=True)["customer_id"]
    world.ask(f"customers/{customer}/credit", amount=5, expires_at="2031-01-01T00:00:00Z")
    store = world.running.services.store
    before = [plain(shop) for shop in store.shops.values()]
    store.settings = Settings(data=tmp_path)
    save(store)
    again = Store(Settings(data=tmp_path))
    assert load(again)
    assert [plain(shop) for shop in again.shops.values()] == before
    assert again.next_id() == store.next_id()


def test_mail_is_caught_and_bounced(world: World) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"], message["Message-ID"] = "Grüße", "a@north.example", "kim@example.com", "<1@x>"
    message.set_content("text")
    message.add_alternative("<p>html</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", world.read("state")["smtp_port"]) as server:
        server.send_message(message)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            server.send_message(message, to_addrs=["bounce@faults.test"])
    (mail,) = world.read("mail?to=kim@example.com")["mail"]
    assert (mail["subject"], mail["text"].strip(), mail["html"].strip()) == ("Grüße", "text", "<p>html</p>")
    assert mail["message_id"] == "<1@x>"


def test_the_clock_moves_for_everybody_who_reads_its_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    store = Store(Settings(clock_file=file))
    store.clock.move(3600)
    assert float(file.read_text()) == 3600 and Store(Settings(clock_file=file)).clock.offset() == 3600
