"""Signatures, judged by npm @shopify/shopify-api."""

import json
import os
import shutil
import subprocess

from devstore import signing
from scripts.setup.node import environment, packages
from tests.devstore.conftest import SECRET
from tests.devstore.world import World


def test_shopifys_node_library_accepts_what_is_signed(world: World) -> None:
    packages()
    world.connect()
    world.order()
    (got,) = world.app.wait(1, "orders/create")
    query = signing.proxy_query(SECRET, "slug=abc&x=1&x=2", shop="north.myshopify.com", path_prefix="/apps/tandem", customer_id=None)
    asked: dict[str, object] = {
        "key": "client-1",
        "secret": SECRET,
        "webhook": {"body": got.body.decode(), "headers": got.headers},
        "proxy": query,
        "token": world.id_token(),
    }
    assert _judged(asked) == {
        "webhook": True,
        "forged": False,
        "proxy": True,
        "forgedProxy": False,
        "dest": "https://north.myshopify.com",
    }


def _judged(asked: dict[str, object]) -> object:
    environ = environment()
    node = os.environ.get("TANDEM_NODE") or shutil.which("node", path=environ["PATH"]) or "node"
    done = subprocess.run(
        [node, "tests/devstore/shopify_api_check.mjs"], input=json.dumps(asked), capture_output=True, text=True, env=environ, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
