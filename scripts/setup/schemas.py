"""Shopify's published GraphQL schemas, out of one pinned tarball; the package itself (605 MB with what it needs) is never installed."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from scripts.setup.base import ROOT, VAR, Impossible, once, say
from scripts.setup.node import environment, node

PACKAGE = "@shopify/dev-mcp@1.16.0"
SHA512 = "tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw=="
KEPT = ("admin_2026-10.json.gz", "functions_discount_2026-07.json.gz")
SCHEMAS = VAR / "shopify-schemas"


def schemas() -> None:
    """``var/shopify-schemas/admin_2026-10.json.gz`` and its likes: gzipped introspection under the key ``data``."""
    node()
    once(SCHEMAS / ".done", [PACKAGE, SHA512, *KEPT], _fetch)


def _fetch() -> None:
    say(f"fetching Shopify's published schemas ({PACKAGE}, 14 MB)")
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VAR) as folder:
        tarball = _pack(Path(folder))
        if base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode() != SHA512:
            raise Impossible(f"{PACKAGE} is not the file that was pinned: its hash differs.")
        with tarfile.open(tarball) as archive:
            for name in KEPT:
                _keep(archive, name)


def _pack(folder: Path) -> Path:
    environ = environment()
    npm = shutil.which("npm", path=environ["PATH"]) or "npm"
    words = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--silent", "--ignore-scripts"]
    done = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    found = list(folder.glob("*.tgz"))
    if done.returncode or not found:
        raise Impossible(f"npm could not fetch {PACKAGE}:\n{done.stderr[-2000:]}")
    return found[0]


def _keep(archive: tarfile.TarFile, name: str) -> None:
    member = archive.extractfile(f"package/dist/data/{name}")
    if member is None:
        raise Impossible(f"{PACKAGE} holds no {name}.")
    (SCHEMAS / name).write_bytes(member.read())
