// The theme's own behaviour: everything here also works without it, by plain forms.
(function () {
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };

  all("[data-submit]").forEach(function (field) { field.addEventListener("change", function () { field.form.submit(); }); });
  all("[data-fill]").forEach(function (chip) {
    chip.addEventListener("click", function () { document.querySelector("input[type=email]").value = chip.dataset.fill; });
  });

  function count(cart) { all("[data-cart-count]").forEach(function (one) { one.textContent = cart.item_count; }); }
  // The cart's own page draws its lines anew, as themes do with their sections.
  function redraw(html) {
    var now = document.querySelector("[data-cart]"), then = new DOMParser().parseFromString(html, "text/html").querySelector("[data-cart]");
    if (now && then) now.replaceChildren.apply(now, then.childNodes);
  }
  document.addEventListener("cart:refresh", function () {
    fetch(window.Shopify.routes.root + "cart.js").then(function (answer) { return answer.json(); }).then(count);
    if (document.querySelector("[data-cart]")) fetch(location.href).then(function (answer) { return answer.text(); }).then(redraw);
  });

  all("[data-product-form]").forEach(function (form) {
    var chosen = form.querySelector("select[name=id]");
    if (chosen) chosen.addEventListener("change", function () {
      document.querySelector("[data-price]").textContent = chosen.selectedOptions[0].dataset.price;
    });
    form.addEventListener("submit", function (event) {
      if (event.submitter && event.submitter.hasAttribute("data-buy-now")) return;
      event.preventDefault();
      fetch(window.Shopify.routes.root + "cart/add.js", { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
        .then(function (answer) { if (!answer.ok) throw new Error(); document.dispatchEvent(new CustomEvent("cart:refresh")); })
        .then(function () { document.querySelector("[data-added]").hidden = false; })
        .catch(function () { form.submit(); });
    });
  });

  var banner = document.querySelector("[data-consent]");
  if (!banner) return;
  function show(open) { banner.hidden = !open; }
  function decide(yes) {
    window.Shopify.customerPrivacy.setTrackingConsent(
      { analytics: yes, marketing: yes, preferences: yes, sale_of_data: yes }, function () { show(false); });
  }
  banner.querySelector("[data-consent-yes]").addEventListener("click", function () { decide(true); });
  banner.querySelector("[data-consent-no]").addEventListener("click", function () { decide(false); });
  all("[data-consent-open]").forEach(function (link) {
    link.addEventListener("click", function (event) { event.preventDefault(); show(true); });
  });
  show(window.Shopify.customerPrivacy.shouldShowBanner());
})();
