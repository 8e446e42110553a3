// The storefront's consent API (window.Shopify.customerPrivacy), its answer kept in a first-party cookie.
(function () {
  var COOKIE = "_tracking_consent";
  var KINDS = ["analytics", "marketing", "preferences", "sale_of_data"];

  function read() {
    var found = document.cookie.split("; ").filter(function (part) { return part.indexOf(COOKIE + "=") === 0; })[0];
    if (!found) return {};
    try { return JSON.parse(decodeURIComponent(found.slice(COOKIE.length + 1))); } catch (error) { return {}; }
  }

  function allowed(kind) { return function () { return read()[kind] === "yes"; }; }

  function setTrackingConsent(consent, done) {
    var kept = read();
    KINDS.forEach(function (kind) { if (kind in consent) kept[kind] = consent[kind] ? "yes" : "no"; });
    document.cookie = COOKIE + "=" + encodeURIComponent(JSON.stringify(kept)) + "; path=/; max-age=31536000; SameSite=Lax";
    document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail: {
      analyticsAllowed: kept.analytics === "yes", marketingAllowed: kept.marketing === "yes",
      preferencesAllowed: kept.preferences === "yes", saleOfDataAllowed: kept.sale_of_data === "yes", firstPartyMarketingAllowed: kept.marketing === "yes" } }));
    if (done) done();
  }

  window.Shopify = window.Shopify || {};
  window.Shopify.customerPrivacy = {
    analyticsProcessingAllowed: allowed("analytics"),
    marketingAllowed: allowed("marketing"),
    preferencesProcessingAllowed: allowed("preferences"),
    saleOfDataAllowed: allowed("sale_of_data"),
    userCanBeTracked: allowed("analytics"),
    currentVisitorConsent: function () {
      var kept = read(), told = {};
      KINDS.forEach(function (kind) { told[kind] = kept[kind] || ""; });
      return told;
    },
    getTrackingConsent: function () { return read().analytics || ""; },
    setTrackingConsent: setTrackingConsent,
    shouldShowBanner: function () { return !("analytics" in read()); },
    getRegion: function () { return window.Shopify.country || ""; },
  };
  window.Shopify.loadFeatures = function (features, done) { setTimeout(function () { if (done) done(); }, 0); };
})();
