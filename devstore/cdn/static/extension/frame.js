// Inside the sandbox: the `shopify` global that extensions use, then the built bundle itself.
(function () {
  var waiting = {}, next = 0, extended = {};

  function tell(message) { parent.postMessage(message, "*"); }

  // How many requests of the extension are under way: the page is priced again only when it is at rest.
  var request = window.fetch, under = 0;

  window.fetch = function () {
    function over(change) { tell({ kind: "busy", count: under += change }); }
    over(1);
    return request.apply(window, arguments).finally(function () { over(-1); });
  };

  // The platform's read-only signals: `.value` now, `subscribe` for later.
  function signal(value) {
    return { value: value, current: value, subscribe: function (told) { told(value); return function () {}; } };
  }

  function ask(kind, body) {
    return new Promise(function (done, fail) {
      waiting[++next] = { done: done, fail: fail };
      tell({ kind: kind, id: next, body: body });
    });
  }

  function token() { return ask("token"); }

  function keep(body) { return ask("storage", body).then(function (told) { return told.data; }); }

  function privacy(consent) {
    function yes(kind) { return consent[kind] === "yes"; }
    return {
      allowedProcessing: { analytics: yes("analytics"), marketing: yes("marketing"), preferences: yes("preferences"), saleOfData: yes("sale_of_data") },
      visitorConsent: {}, shouldShowBanner: !("analytics" in consent), saleOfDataRegion: false,
    };
  }

  // The order's attributes, from then on with this one.
  function writer(attributes) {
    return function (change) {
      return ask("change", change).then(function (told) {
        var others = attributes.value.filter(function (one) { return one.key !== change.key; });
        if (told.type === "success") attributes.value = others.concat([{ key: change.key, value: change.value }]);
        return told;
      });
    };
  }

  function find(texts, key) {
    return key.split(".").reduce(function (node, part) { return node && typeof node === "object" ? node[part] : undefined; }, texts);
  }

  function translator(texts, language) {
    return function (key, values) {
      values = values || {};
      var found = find(texts, key);
      if (found && typeof found === "object") found = found[new Intl.PluralRules(language).select(Number(values.count))] || found.other;
      if (found === undefined) throw new Error("Translation missing: " + key);
      return found.replace(/\{\{\s*(\w+)\s*\}\}/g, function (_, name) { return name in values ? String(values[name]) : ""; });
    };
  }

  function i18n(facts) {
    return {
      translate: translator(facts.texts, facts.language),
      formatNumber: function (number, options) { return new Intl.NumberFormat(facts.language, options).format(number); },
      formatCurrency: function (number, options) {
        return new Intl.NumberFormat(facts.language, Object.assign({ style: "currency", currency: facts.currency }, options)).format(number);
      },
      formatDate: function (date, options) { return new Intl.DateTimeFormat(facts.language, options).format(date); },
    };
  }

  function shopifyGlobal(facts) {
    var attributes = signal(facts.attributes);
    return {
      attributes: attributes,
      applyAttributeChange: writer(attributes),
      checkoutToken: signal(facts.checkout || undefined),
      customerPrivacy: signal(privacy(facts.consent)),
      extension: { target: facts.target, apiVersion: "2026-07", version: "1", editor: undefined },
      sessionToken: { get: token },
      i18n: i18n(facts),
      localization: {
        language: signal({ isoCode: facts.language }), extensionLanguage: signal({ isoCode: facts.language }),
        country: signal({ isoCode: facts.country }), currency: signal({ isoCode: facts.currency }),
      },
      shop: facts.shop,
      settings: signal({}),
      lines: signal(facts.lines),
      instructions: signal({ lines: { canAddCartLine: Boolean(facts.change), canRemoveCartLine: Boolean(facts.change), canUpdateCartLine: false }, attributes: { canUpdateAttributes: Boolean(facts.change) } }),
      query: function (query, options) { return ask("query", { query: query, variables: (options || {}).variables }); },
      applyCartLinesChange: function (change) { return ask("change", change); },
      order: signal(facts.order || undefined),
      orderConfirmation: signal(facts.order ? { order: { id: facts.order.id }, number: facts.order.name, isFirstOrder: false } : undefined),
      cost: { totalAmount: signal(facts.cost || undefined) },
      buyerIdentity: { customer: signal(facts.customer || undefined) },
      authenticatedAccount: { customer: signal(facts.customer || undefined) },
      navigation: { navigate: function (url) { tell({ kind: "navigate", url: url }); } },
      storage: {
        read: function (key) { return keep({ key: key }); },
        write: function (key, data) { return keep({ key: key, data: data }).then(function () {}); },
        delete: function (key) { return keep({ key: key, gone: true }).then(function () {}); },
      },
      toast: { show: function () {} },
    };
  }

  function height() {
    tell({ kind: "height", height: document.body.getBoundingClientRect().height });
  }

  function start(facts) {
    document.documentElement.lang = facts.language;
    document.documentElement.dir = /^(ar|fa|he|ur)\b/.test(facts.language) ? "rtl" : "ltr";
    document.title = facts.shop.name;
    globalThis.shopify = shopifyGlobal(facts);
    // What the platform's own build writes at the end of a bundle, once for every target.
    globalThis.shopify.extend = function (target, run) { extended[target] = run; };
    // `shopify app build` puts the values of .env into the bundle; a bundle built without them finds them here.
    globalThis.process = globalThis.process || { env: { APP_URL: facts.app_url } };
    document.querySelectorAll("script").forEach(function (script) { script.remove(); });
    new ResizeObserver(height).observe(document.body);
    import(facts.origin + facts.script)
      .then(function () { return extended[facts.target](); })
      .catch(function (error) { document.body.textContent = "The extension failed: " + error.message; })
      .then(height);
  }

  addEventListener("message", function (event) {
    if (event.source !== parent) return;
    var message = event.data;
    if (message.kind === "start") start(message.facts);
    if ((message.kind === "token" || message.kind === "answer") && waiting[message.id]) {
      if (message.token || message.answer) waiting[message.id].done(message.token || message.answer);
      else waiting[message.id].fail(new Error(message.error));
      delete waiting[message.id];
    }
  });
  tell({ kind: "ready" });
})();
