// devstore's own App Bridge: the part of the real one that an embedded app relies on. It talks to the admin page around the frame.
(function () {
  "use strict";
  var script = document.currentScript;
  var query = new URLSearchParams(location.search);
  var meta = document.querySelector('meta[name="shopify-api-key"]');
  var ADMIN = new URL(script.src).port;

  function kept(name) {
    var value = query.get(name);
    try {
      if (value) sessionStorage.setItem("app-bridge:" + name, value);
      return value || sessionStorage.getItem("app-bridge:" + name) || "";
    } catch (error) { return value || ""; }
  }

  var config = {
    apiKey: (script.dataset.apiKey || (meta && meta.content) || ""), shop: kept("shop"), host: kept("host"),
    locale: kept("locale") || "en", appOrigins: [], experimentalFeatures: [],
  };
  if (!config.apiKey) throw new Error("App Bridge: missing data-api-key");
  var adminOrigin = location.protocol + "//" + (config.host ? atob(config.host.replace(/-/g, "+").replace(/_/g, "/")).split("/")[0] : "admin.localhost:" + ADMIN);

  // ---- messages to and from the admin page
  var waiting = {}, count = 0;
  function tell(kind, body) { parent.postMessage(Object.assign({ appBridge: kind }, body), adminOrigin); }
  function ask(kind, body) {
    if (parent === window) return Promise.reject(new Error("App Bridge: not inside the admin"));
    return new Promise(function (done, fail) {
      var id = ++count;
      var timer = setTimeout(function () { delete waiting[id]; fail(new Error("App Bridge: the admin did not answer " + kind)); }, 10000);
      waiting[id] = function (answer) { clearTimeout(timer); delete waiting[id]; if (answer.error) fail(new Error(answer.error)); else done(answer.value); };
      waiting[id].again = function () { tell(kind, Object.assign({ id: id }, body)); };
      waiting[id].again();
    });
  }
  addEventListener("message", function (event) {
    if (event.source !== parent || event.origin !== adminOrigin || !event.data) return;
    var told = event.data;
    if (told.id && waiting[told.id]) waiting[told.id](told);
    if (told.adminSays === "listening") introduce();
    if (told.adminSays === "navigate") navigate(told.path);
    if (told.adminSays === "save") saveBars.save();
    if (told.adminSays === "discard") saveBars.discard();
  });

  // ---- ID tokens and fetch
  function idToken() { return ask("id-token"); }

  var plainFetch = window.fetch.bind(window);
  function mine(input) { return new URL(input instanceof Request ? input.url : String(input), location.href).origin === location.origin; }
  function send(request) {
    return idToken().then(function (token) {
      var headers = new Headers(request.headers);
      headers.set("Authorization", "Bearer " + token);
      if (!headers.has("X-Requested-With")) headers.set("X-Requested-With", "XMLHttpRequest");
      return plainFetch(new Request(request, { headers: headers }));
    });
  }
  window.fetch = function (input, init) {
    if (!mine(input)) return plainFetch(input, init);
    var request = new Request(input, init);
    if (request.headers.has("Authorization")) return plainFetch(request);
    var again = request.clone();
    return send(request).then(function (answer) {
      var retry = answer.status === 401 && answer.headers.get("X-Shopify-Retry-Invalid-Session-Request") === "1";
      return retry ? send(again) : answer;
    });
  };

  // ---- the bounce page: with ?shopify-reload=PATH, get a token and load PATH with it
  var reload = query.get("shopify-reload");
  if (reload) {
    var target = new URL(reload, location.href);
    if (target.origin === location.origin) idToken().then(function (token) {
      target.searchParams.set("id_token", token);
      target.searchParams.set("shop", config.shop);
      target.searchParams.set("host", config.host);
      target.searchParams.set("embedded", "1");
      location.replace(target.href);
    });
  }

  // ---- navigation: the app's menu is drawn by the admin, which keeps its address in step
  function navigate(path) {
    if (!saveBars.mayLeave()) return;
    var going = new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true, detail: { path: path } });
    if (document.dispatchEvent(going)) location.assign(path);
  }
  function menu() {
    var nav = document.querySelector("s-app-nav, ui-nav-menu");
    if (!nav) return;
    nav.hidden = true;
    nav.style.display = "none";
    var items = Array.prototype.map.call(nav.querySelectorAll("s-link, a"), function (link) {
      return { href: link.getAttribute("href"), text: link.textContent.trim(), home: link.getAttribute("rel") === "home" };
    });
    tell("menu", { items: items.filter(function (item) { return !item.home && item.href; }) });
  }
  function here() {
    var clean = new URL(location.href);
    ["id_token", "hmac", "session", "timestamp", "host", "shop", "embedded", "locale", "shopify-reload"].forEach(function (name) { clean.searchParams.delete(name); });
    if (!reload) tell("here", { path: clean.pathname + clean.search, title: document.title });
  }
  document.addEventListener("click", function (event) {
    var link = event.composedPath().filter(function (node) { return node.getAttribute && node.getAttribute("href"); })[0];
    var href = link && link.getAttribute("href");
    if (href && /^shopify:(\/\/)?admin/.test(href)) {
      event.preventDefault();
      tell("admin", { path: href.replace(/^shopify:(\/\/)?admin/, "") });
    }
  }, true);

  // ---- the contextual save bar
  var saveBars = {
    form: null, element: null,
    show: function (id) { this.element = typeof id === "string" ? document.getElementById(id) : id || null; tell("save-bar", { shown: true }); return Promise.resolve(); },
    hide: function () { this.form = this.element = null; tell("save-bar", { shown: false }); return Promise.resolve(); },
    toggle: function (id) { return this.element ? this.hide() : this.show(id); },
    leaveConfirmation: function () { if (this.mayLeave()) return Promise.resolve(); return Promise.reject(new Error("stay")); },
    mayLeave: function () {
      if (!this.form && !this.element) return true;
      tell("save-bar-shake");
      return false;
    },
    press: function (which) {
      var button = this.element && this.element.querySelectorAll("button")[which === "save" ? 0 : 1];
      if (button) button.click();
    },
    save: function () { if (this.form) { var form = this.form; if (form.reportValidity()) form.requestSubmit(); } else this.press("save"); },
    discard: function () { if (this.form) { this.form.reset(); this.hide(); } else this.press("discard"); },
  };
  function changed(event) {
    var form = event.target && event.target.closest && event.target.closest("form[data-save-bar]");
    if (form && saveBars.form !== form) { saveBars.form = form; tell("save-bar", { shown: true }); }
  }
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  document.addEventListener("submit", function (event) { if (event.target === saveBars.form) saveBars.hide(); });
  document.addEventListener("reset", function (event) { if (event.target === saveBars.form) saveBars.hide(); });
  addEventListener("beforeunload", function (event) { if (saveBars.form || saveBars.element) event.preventDefault(); });

  // ---- modals: the App Bridge element; s-modal belongs to Polaris
  function modal(id, act) {
    var element = document.getElementById(id);
    if (!element) return Promise.reject(new Error("no modal " + id));
    if (element.tagName === "UI-MODAL") element.style.display = act === "show" ? "block" : "none";
    else if (element[act + "Overlay"]) element[act + "Overlay"]();
    element.dispatchEvent(new Event(act));
    return Promise.resolve();
  }

  window.shopify = {
    config: config,
    environment: { embedded: parent !== window, mobile: innerWidth < 600, pos: false },
    ready: Promise.resolve(),
    idToken: idToken,
    origin: adminOrigin,
    toast: { show: function (message, options) { tell("toast", { message: String(message), error: Boolean(options && options.isError) }); return String(++count); }, hide: function () {} },
    saveBar: saveBars,
    modal: { show: function (id) { return modal(id, "show"); }, hide: function (id) { return modal(id, "hide"); }, toggle: function (id) { return modal(id, "show"); } },
    loading: function (on) { tell("loading", { on: on !== false }); },
    scopes: { query: function () { return ask("scopes"); }, request: function (scopes) { return ask("scopes-request", { scopes: scopes }); } },
    app: { extensions: function () { return ask("extensions"); } },
    user: function () { return Promise.resolve({ accountAccess: "full", shopify: true }); },
    resourcePicker: function (options) { return ask("resource-picker", { type: (options && options.type) || "product", multiple: Boolean(options && options.multiple) }); },
  };

  // The frame may be ready before the admin page listens: what was said to nobody is said again.
  function introduce() {
    Object.keys(waiting).forEach(function (id) { waiting[id].again(); });
    if (document.readyState !== "loading") { menu(); here(); }
  }

  function loaded() {
    if (parent === window) return;
    menu();
    here();
    new MutationObserver(function () { tell("title", { title: document.title }); }).observe(document.head, { subtree: true, childList: true, characterData: true });
    ["pushState", "replaceState"].forEach(function (name) {
      var plain = history[name].bind(history);
      history[name] = function () {
        var before = location.href;
        plain.apply(null, arguments);
        if (location.href !== before) here(); // a note in the history is no way to another page
      };
    });
    addEventListener("popstate", here);
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", loaded); else loaded();
})();
