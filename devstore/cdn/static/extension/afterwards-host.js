// The post-purchase page: runs the app's extension in a frame without the page's origin, and does what it asks of the checkout.
(function () {
  var PATIENCE = 5000;
  var box = document.querySelector("[data-afterwards]");
  var facts = JSON.parse(box.querySelector("script").textContent);
  var frame = document.createElement("iframe");
  function onward() { location.assign(facts.done); }
  // Who does not say in time whether there is a page has none.
  var late = setTimeout(onward, PATIENCE);

  function ask(id, body) { post(facts.change, id, JSON.stringify(body)); }

  function post(path, id, text) {
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: text })
      .then(function (told) { return told.json(); })
      .then(function (told) { reply({ kind: "answer", id: id, answer: told }); })
      .catch(function () { reply({ kind: "answer", id: id, error: "no answer" }); });
  }

  function reply(body) { frame.contentWindow.postMessage(body, "*"); }

  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow) return;
    var message = event.data;
    if (message.kind === "ready") reply({ kind: "start", facts: Object.assign({ origin: location.origin }, facts) });
    if (message.kind === "render") { clearTimeout(late); if (!message.render) onward(); }
    if (message.kind === "height") frame.style.height = Math.ceil(message.height) + "px";
    if (message.kind === "query" && message.body.path === "/api/2026-07/graphql.json") post(message.body.path, message.id, message.body.body);
    if (message.kind === "calculate") ask(message.id, { changes: message.body.changes });
    if (message.kind === "apply") ask(message.id, { changeset: message.body });
    if (message.kind === "done" || message.kind === "failed") onward();
  });
  frame.sandbox = "allow-scripts";
  frame.title = "tandem-afterwards";
  frame.style.cssText = "width:100%;border:0;display:block;height:3rem";
  frame.src = "/_cdn/extension/afterwards.html";
  box.appendChild(frame);
})();
