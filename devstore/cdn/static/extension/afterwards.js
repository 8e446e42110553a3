// Inside the sandbox: the two extension points of the post-purchase page, and a remote root that draws in this document.
(function () {
  var waiting = {}, next = 0, extended = {}, kept = null;

  function tell(message) { parent.postMessage(message, "*"); }

  function ask(kind, body) {
    return new Promise(function (done, fail) {
      waiting[++next] = { done: done, fail: fail };
      tell({ kind: kind, id: next, body: body });
    });
  }

  function storage() {
    return { initialData: kept, update: function (data) { kept = JSON.parse(JSON.stringify(data)); return Promise.resolve(); } };
  }

  function standard(facts, point) {
    return { extensionPoint: point, locale: facts.input.locale, version: "unstable", storage: storage(), inputData: Object.assign({}, facts.input, { extensionPoint: point }) };
  }

  function renderInput(facts) {
    return Object.assign(standard(facts, "Checkout::PostPurchase::Render"), {
      calculateChangeset: function (changeset) { return ask("calculate", changeset); },
      applyChangeset: function (signed) { return ask("apply", String(signed)); },
      done: function () { tell({ kind: "done" }); return Promise.resolve(); },
    });
  }

  // The shop's own address is this store's: its page asks for the frame, which has no origin of its own.
  function asking(facts) {
    var beyond = globalThis.fetch.bind(globalThis), own = "https://" + facts.input.shop.domain + "/";
    return function (address, init) {
      if (String(address).indexOf(own) !== 0) return beyond(address, init);
      return ask("query", { path: "/" + String(address).slice(own.length), body: init.body }).then(function (told) { return new Response(JSON.stringify(told)); });
    };
  }

  function height() { tell({ kind: "height", height: document.body.getBoundingClientRect().height }); }

  function start(facts) {
    document.documentElement.lang = facts.input.locale;
    document.documentElement.dir = /^(ar|fa|he|ur)\b/.test(facts.input.locale) ? "rtl" : "ltr";
    document.title = facts.input.shop.domain;
    globalThis.shopify = { extend: function (point, run) { extended[point] = run; }, reload: function () {} };
    globalThis.fetch = asking(facts);
    globalThis.process = globalThis.process || { env: { APP_URL: facts.app_url } };
    document.querySelectorAll("script").forEach(function (script) { script.remove(); });
    new ResizeObserver(height).observe(document.body);
    import(facts.origin + facts.script)
      .then(function () { return extended["Checkout::PostPurchase::ShouldRender"](standard(facts, "Checkout::PostPurchase::ShouldRender")); })
      .then(function (told) {
        tell({ kind: "render", render: Boolean(told.render) });
        if (told.render) extended["Checkout::PostPurchase::Render"](globalThis.remoteRoot(document.querySelector("main")), renderInput(facts));
      })
      .catch(function (error) { console.error(error); tell({ kind: "failed", error: String(error) }); });
  }

  addEventListener("message", function (event) {
    if (event.source !== parent) return;
    var message = event.data;
    if (message.kind === "start") start(message.facts);
    if (message.kind === "answer" && waiting[message.id]) {
      if (message.answer) waiting[message.id].done(message.answer);
      else waiting[message.id].fail(new Error(message.error));
      delete waiting[message.id];
    }
  });
  tell({ kind: "ready" });
})();
