// Runs the app's UI extensions, each in a frame without the page's origin, as the platform runs them in a sandbox.
(function () {
  var ORIGIN = location.origin;

  function start(box) {
    var facts = JSON.parse(box.querySelector("script").textContent);
    var frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-popups allow-popups-to-escape-sandbox";
    frame.allow = "clipboard-write";
    frame.title = facts.handle;
    frame.style.cssText = "width:100%;border:0;display:block;height:3rem";
    frame.src = ORIGIN + "/_cdn/extension/frame.html";
    window.addEventListener("message", function (event) {
      if (event.source === frame.contentWindow) answer(frame, facts, event.data);
    });
    box.appendChild(frame);
  }

  function answer(frame, facts, message) {
    function reply(body) { frame.contentWindow.postMessage(body, "*"); }
    if (message.kind === "ready") reply({ kind: "start", facts: Object.assign({ origin: ORIGIN }, facts) });
    if (message.kind === "height") frame.style.height = Math.ceil(message.height) + "px";
    if (message.kind === "navigate") open(message.url);
    if (message.kind === "query") post("/api/2026-07/graphql.json", message.body, message.id, reply);
    if (message.kind === "change" && facts.change) {
      post(facts.change, message.body, message.id, function (told) {
        reply(told);
        // The page saves what was typed and is priced again.
        if (told.answer && told.answer.type === "success") document.querySelector("#checkout [value=save]").click();
      });
    }
    if (message.kind === "token") {
      fetch(facts.token, { headers: { Accept: "application/json" } })
        .then(function (told) { return told.json(); })
        .then(function (told) { reply({ kind: "token", id: message.id, token: told.token }); })
        .catch(function () { reply({ kind: "token", id: message.id, error: "no session token" }); });
    }
  }

  function post(path, body, id, reply) {
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
      .then(function (told) { return told.json(); })
      .then(function (told) { reply({ kind: "answer", id: id, answer: told }); })
      .catch(function () { reply({ kind: "answer", id: id, error: "no answer" }); });
  }

  // Only web addresses and this store's own paths: never a script.
  function open(url) {
    var target = new URL(url, location.href);
    if (target.origin === ORIGIN) location.assign(target.href);
    else if (/^(https?|mailto|sms):$/.test(target.protocol)) window.open(target.href, "_blank", "noopener");
  }

  document.querySelectorAll("[data-extension]").forEach(start);
})();
