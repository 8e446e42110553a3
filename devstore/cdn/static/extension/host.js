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

  // What every frame has under way, and when any last said so.
  var busy = new Map(), heard = 0, REST = 300, PATIENCE = 5000;

  // The platform prices a changed cart again without leaving the page. This one must be sent, so it waits until the extensions are at rest.
  function price(since) {
    var still = Array.from(busy.values()).every(function (count) { return count === 0; }) && Date.now() - heard > REST;
    if (still || Date.now() - since > PATIENCE) document.querySelector("#checkout [value=save]").click();
    else setTimeout(price, 50, since);
  }

  function answer(frame, facts, message) {
    function reply(body) { frame.contentWindow.postMessage(body, "*"); }
    if (message.kind === "busy" || message.kind === "token") heard = Date.now();
    if (message.kind === "busy") busy.set(frame, message.count);
    if (message.kind === "ready") reply({ kind: "start", facts: Object.assign({ origin: ORIGIN, consent: consent() }, facts) });
    if (message.kind === "storage") reply({ kind: "answer", id: message.id, answer: { data: kept(facts, message.body) } });
    if (message.kind === "height") frame.style.height = Math.ceil(message.height) + "px";
    if (message.kind === "navigate") open(message.url);
    if (message.kind === "query") post("/api/2026-07/graphql.json", message.body, message.id, reply);
    if (message.kind === "change" && facts.change) {
      post(facts.change, message.body, message.id, function (told) {
        reply(told);
        // The page saves what was typed and is priced again.
        if (told.answer && told.answer.type === "success" && message.body.type !== "updateAttribute") price(heard = Date.now());
      });
    }
    if (message.kind === "token") {
      fetch(facts.token, { headers: { Accept: "application/json" } })
        .then(function (told) { return told.json(); })
        .then(function (told) { reply({ kind: "token", id: message.id, token: told.token }); })
        .catch(function () { reply({ kind: "token", id: message.id, error: "no session token" }); });
    }
  }

  // What the storefront's consent API has kept for this browser.
  function consent() {
    var found = document.cookie.split("; ").filter(function (part) { return part.indexOf("_tracking_consent=") === 0; })[0];
    try { return found ? JSON.parse(decodeURIComponent(found.slice(found.indexOf("=") + 1))) : {}; } catch (error) { return {}; }
  }

  // Of one extension in one checkout.
  function kept(facts, body) {
    var name = ["extension", facts.handle, facts.checkout, body.key].join(" ");
    if ("data" in body) localStorage.setItem(name, JSON.stringify(body.data));
    if (body.gone) localStorage.removeItem(name);
    return JSON.parse(localStorage.getItem(name));
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
