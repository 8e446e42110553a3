"""What the tests say to a devstore that runs as a process, in few words."""

from typing import Any

import requests

SECONDS = 20
SHOP = "north"


class Devstore:
    """The control API below ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, path: str, **fields: object) -> Any:  # noqa: ANN401 - JSON
        answer = self._http.post(f"{self.url}/_devstore/{path}", json=fields, timeout=SECONDS)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        answer = self._http.get(f"{self.url}/_devstore/{path}", timeout=SECONDS)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def effects(self, *, after: int = 0) -> list[dict[str, Any]]:
        return list(self.read(f"effects?shop={SHOP}&after={after}")["effects"])

    def newest_effect(self) -> int:
        return int(self.read("state")["effects"])

    def webhooks(self) -> list[dict[str, Any]]:
        """Every attempt to deliver one, oldest first."""
        return list(self.read("webhooks")["log"])

    def mails(self, to: str) -> list[dict[str, Any]]:
        return list(self.read(f"mail?to={to}")["mail"])

    def close(self) -> None:
        self._http.close()
