"""Signed webhooks by wrk, on loopback, for a few seconds."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from plugin.shopify.version import WEBHOOKS

LUA = Path(__file__).with_name("post.lua")
CONNECTIONS = 64
BODY_BYTES = 9_000


@dataclass(frozen=True)
class Load:
    """What wrk counted: answers with 2xx a second, milliseconds, answers of another kind, broken connections.

    ``web`` and ``database``: microseconds of processor time a request, of the processes of each.
    """

    answers: int
    rate: float
    p50: float
    p99: float
    failed: int
    web: float = 0.0
    database: float = 0.0


def order_body() -> bytes:
    """An order of about 9 KB, as Shopify's are: many fields, few of them read."""
    price = {side: {"amount": "24.00", "currency_code": "GBP"} for side in ("shop_money", "presentment_money")}
    line = {"id": 1, "product_id": 2, "variant_id": 3, "title": "Lantern", "quantity": 1, "price": "24.00", "price_set": price,
            "sku": "LANTERN", "taxable": True, "properties": [], "tax_lines": [], "discount_allocations": [],
            "fulfillable_quantity": 1, "vendor": "North"}
    order: dict[str, object] = {"id": 820982911946154508, "name": "#1001", "currency": "GBP", "financial_status": "paid", "line_items": []}
    lines: list[dict[str, object]] = []
    while len(json.dumps(order | {"line_items": lines})) < BODY_BYTES:
        lines.append(line | {"id": 466157049 + len(lines)})
    return json.dumps(order | {"line_items": lines}).encode()


def drive(port: int, folder: Path, secret: str, *, seconds: int) -> Load:
    """``seconds`` of requests at the webhook address of ``port``. Raises SystemExit if wrk is not there."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("this benchmark needs wrk: apt-get install wrk")
    body = folder / "order.json"
    if not body.exists():
        body.write_bytes(order_body())
    signature = base64.b64encode(hmac.new(secret.encode(), body.read_bytes(), hashlib.sha256).digest()).decode()
    environment = os.environ | {"BENCH_BODY": str(body), "BENCH_RUN": secrets.token_hex(4), "BENCH_HMAC": signature,
                                "BENCH_API_VERSION": WEBHOOKS, "BENCH_NOW": datetime.now(UTC).isoformat()}
    command = [wrk, "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(LUA), f"http://127.0.0.1:{port}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=seconds + 60)
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not found:
        raise SystemExit(f"wrk failed:\n{done.stdout}{done.stderr}")
    return _read(json.loads(found[0].removeprefix("RESULT ")))


def _read(told: dict[str, int]) -> Load:
    answers = told["requests"] - told["refused"]
    return Load(answers, answers / (told["microseconds"] / 1e6), told["p50"] / 1000, told["p99"] / 1000, told["refused"] + told["broken"])
