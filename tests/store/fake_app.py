"""A tiny app of a third kind, neither Tandem nor devstore: says what reached it, and asks App Bridge for what an app asks."""

import threading
from typing import Any

import jwt
from flask import Flask, Response, jsonify, make_response, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

SECRET = "devstore-secret-0123456789abcdef0123"
CLIENT = "devstore-client"

PAGE = """<!doctype html><html><head><title>Fake {title}</title><script data-api-key="{client}" src="{bridge}"></script></head><body>
<s-app-nav><s-link href="/app" rel="home">Home</s-link><s-link href="/app/second">Second</s-link></s-app-nav>
<h1>{title}</h1><p id="got"></p>
<form data-save-bar action="/app/save"><input name="word" aria-label="Word" value="a"></form>
<button id="ask">Ask</button><button id="toast">Toast</button>
<script src="/static.js"></script></body></html>"""
SCRIPT = """
document.getElementById("ask").onclick = async () => {
  const answer = await fetch("/app/whoami", { method: "POST" });
  document.getElementById("got").textContent = JSON.stringify(await answer.json());
};
document.getElementById("toast").onclick = () => shopify.toast.show("Hello from the app");
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  document.getElementById("got").textContent = "saved " + event.target.word.value;
});
"""


class FakeApp:
    """Serves on a free port until `stop`. `seen` holds every proxied request; `answer` is what the proxy route gives."""

    def __init__(self, cdn: str = "") -> None:
        self.cdn = cdn
        self.seen: list[dict[str, Any]] = []
        self.answer = Response("proxied", headers={"Set-Cookie": "a=b", "X-Kept": "1"})
        self.refusals = 0
        self.suggested: dict[str, Any] = {"currency": "GBP", "offers": []}
        self._server = make_server("127.0.0.1", 0, self._flask(), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _flask(self) -> Flask:
        app = Flask("fake app")
        app.add_url_rule("/proxy/<path:rest>", view_func=self._proxied, methods=["GET", "POST"])
        app.add_url_rule("/app", view_func=self._page)
        app.add_url_rule("/app/second", view_func=self._page, endpoint="second")
        app.add_url_rule("/app/whoami", view_func=self._whoami, methods=["POST"])
        app.add_url_rule("/bounce", view_func=self._bounce)
        app.add_url_rule("/static.js", view_func=lambda: Response(SCRIPT, mimetype="text/javascript"), endpoint="script")
        app.add_url_rule("/webhooks", view_func=lambda: "", methods=["POST"], endpoint="webhooks")
        app.add_url_rule("/extension/<name>", view_func=self._extension, methods=["GET", "POST", "OPTIONS"])
        return app

    def _proxied(self, rest: str) -> Response:
        self.seen.append(
            {
                "path": rest,
                "query": request.query_string.decode(),
                "headers": dict(request.headers),
                "body": request.get_data(as_text=True),
                "method": request.method,
            }
        )
        return self.answer

    def _page(self) -> AnyResponse:
        """As apps do: a document without a good ID token goes through the bounce page."""
        if not self._claims(request.args.get("id_token", "")):
            return redirect(f"/bounce?shopify-reload={request.path}")
        return make_response(self._html("Second" if request.path.endswith("second") else "First"))

    def _html(self, title: str) -> str:
        return PAGE.format(title=title, client=CLIENT, bridge=f"{self.cdn}/_cdn/shopifycloud/app-bridge.js")

    def _bounce(self) -> str:
        return f'<script data-api-key="{CLIENT}" src="{self.cdn}/_cdn/shopifycloud/app-bridge.js"></script>'

    def _whoami(self) -> Response:
        """Refuses the first `refusals` good tokens, to make App Bridge try again."""
        claims = self._claims(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if self.refusals or not claims:
            self.refusals = max(0, self.refusals - 1)
            return Response(status=401, headers={"X-Shopify-Retry-Invalid-Session-Request": "1"})
        return jsonify({"dest": claims["dest"], "aud": claims["aud"]})

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(token, SECRET, ["HS256"], audience=CLIENT)
        except jwt.InvalidTokenError:
            return {}
        return claims

    def _extension(self, name: str) -> Response:
        """What the share extension asks; open to every origin, as such an endpoint must be."""
        claims = {} if request.method == "OPTIONS" else self._claims(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.seen.append({"path": f"extension/{name}", "claims": claims, "body": request.get_json(silent=True)})
        answer = jsonify(self.suggested if name == "offers" else _SHARE if name == "share" else {"balance": [], "rewards": []})
        answer.headers |= {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Authorization, Content-Type"}
        return answer


_SHARE = {
    "state": "ready",
    "headline": "Give 10 %, get £5",
    "friend_gets": "10 % off",
    "advocate_gets": "£5",
    "terms": "For orders of £20 and more.",
    "link": "https://north.example/apps/tandem/r/robin",
    "code": "ROBIN",
    "texts": {"whatsapp": "w", "sms": "s", "email": {"subject": "a", "body": "b"}, "x": "x", "facebook": "f", "native": "n"},
}
