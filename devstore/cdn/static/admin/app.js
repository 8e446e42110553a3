// The admin page around an app: answers its App Bridge and draws what belongs to the admin (menu, save bar, toasts, picker).
(function () {
  "use strict";
  var frame = document.getElementById("app-frame");
  if (!frame) return;
  var store = frame.dataset.store, base = frame.dataset.base, appOrigin = frame.dataset.origin;
  var bar = document.getElementById("save-bar"), toasts = document.getElementById("toasts"), nav = document.getElementById("app-nav");

  function say(body) { frame.contentWindow.postMessage(body, appOrigin); }
  function json(path) { return fetch(path, { headers: { Accept: "application/json" } }).then(function (answer) { if (!answer.ok) throw new Error("HTTP " + answer.status); return answer.json(); }); }
  function reply(id, promise) {
    promise.then(function (value) { say({ id: id, value: value }); }).catch(function (error) { say({ id: id, error: error.message }); });
  }

  var handlers = {
    "id-token": function (told) { reply(told.id, json(base + "/id-token").then(function (answer) { return answer.token; })); },
    "scopes": function (told) { reply(told.id, json(base + "/scopes")); },
    "scopes-request": function (told) { reply(told.id, grant(told.scopes)); },
    "extensions": function (told) { reply(told.id, json(base + "/extensions")); },
    "resource-picker": function (told) { reply(told.id, pick(told)); },
    "toast": function (told) { toast(told.message, told.error); },
    "save-bar": function (told) { bar.hidden = !told.shown; },
    "save-bar-shake": function () { bar.classList.remove("shake"); void bar.offsetWidth; bar.classList.add("shake"); },
    "menu": function (told) { menu(told.items); },
    "here": function (told) { here(told.path, told.title); },
    "title": function (told) { document.title = told.title || document.title; },
    "admin": function (told) { location.assign("/store/" + store + told.path); },
    "loading": function (told) { document.body.classList.toggle("loading", told.on); },
  };

  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== appOrigin || !event.data) return;
    var handler = handlers[event.data.appBridge];
    if (handler) handler(event.data);
  });
  frame.contentWindow.postMessage({ adminSays: "listening" }, "*"); // to whatever stands in the frame by now; it holds nothing
  document.getElementById("save").addEventListener("click", function () { say({ adminSays: "save" }); });
  document.getElementById("discard").addEventListener("click", function () { say({ adminSays: "discard" }); });

  // What `shopify.scopes.request()` answers; the question itself is the admin's.
  function grant(scopes) {
    function detail(result) { return json(base + "/scopes").then(function (detail) { return { result: result, detail: detail }; }); }
    if (!confirm(frame.title + " asks for: " + scopes.join(", "))) return detail("declined-all");
    return fetch(base + "/scopes", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ scopes: scopes }) })
      .then(function (answer) { if (!answer.ok) throw new Error("HTTP " + answer.status); return detail("granted-all"); });
  }

  function toast(message, error) {
    var one = document.createElement("p");
    one.textContent = message;
    one.className = error ? "toast bad" : "toast";
    toasts.appendChild(one);
    setTimeout(function () { one.remove(); }, 5000);
  }

  function menu(items) {
    nav.textContent = "";
    items.forEach(function (item) {
      var link = document.createElement("a");
      link.href = base + item.href;
      link.textContent = item.text;
      link.dataset.path = item.href;
      link.addEventListener("click", function (event) { event.preventDefault(); say({ adminSays: "navigate", path: item.href }); });
      nav.appendChild(link);
    });
    mark(frame.dataset.path || "");
  }

  function here(path, title) {
    frame.dataset.path = path;
    bar.hidden = true;
    history.replaceState(null, "", base + path);
    if (title) document.title = title;
    mark(path);
  }

  function mark(path) {
    nav.querySelectorAll("a").forEach(function (link) {
      if (path.split("?")[0] === link.dataset.path) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    });
  }

  // ---- the resource picker, for products
  function pick(told) {
    return json("/store/" + store + "/products.json").then(function (products) {
      return new Promise(function (done) {
        var dialog = document.getElementById("picker"), list = dialog.querySelector("ul"), search = dialog.querySelector("input");
        var chosen = undefined;
        function draw() {
          list.textContent = "";
          products.filter(function (one) { return one.title.toLowerCase().indexOf(search.value.toLowerCase()) >= 0; }).slice(0, 50).forEach(function (one) {
            var item = document.createElement("li"), button = document.createElement("button");
            button.type = "button";
            button.textContent = one.title;
            button.addEventListener("click", function () { chosen = [one]; dialog.close(); });
            item.appendChild(button);
            list.appendChild(item);
          });
        }
        search.value = "";
        search.oninput = draw;
        dialog.onclose = function () { done(chosen); };
        draw();
        dialog.showModal();
      });
    });
  }
})();
