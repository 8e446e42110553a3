// The few web components that the app's extensions use, drawn plainly. Not Shopify's look: its behaviour.
(function () {
  var BUTTON = "a,button{all:unset;box-sizing:border-box;display:inline-flex;align-items:center;justify-content:center;min-height:2.6rem;padding:.45rem 1rem;border:1px solid #1f4a3f;" +
    "border-radius:.5rem;color:#1f4a3f;font-weight:600;cursor:pointer;text-align:center}:host([variant=primary]) a,:host([variant=primary]) button{background:#1f4a3f;color:#fff}" +
    "a:focus-visible,button:focus-visible{outline:3px solid #c2703d;outline-offset:2px}button[disabled]{opacity:.5;cursor:default}";

  function define(name, kind) { if (!customElements.get(name)) customElements.define(name, kind); }

  class Drawn extends HTMLElement {
    connectedCallback() { this.draw(); }
    attributeChangedCallback() { if (this.isConnected) this.draw(); }
    draw() {}
  }

  class Button extends Drawn {
    static get observedAttributes() { return ["href", "target", "disabled", "variant"]; }
    draw() {
      var root = this.shadowRoot || this.attachShadow({ mode: "open", delegatesFocus: true });
      var link = this.hasAttribute("href");
      root.innerHTML = "<style>" + BUTTON + "</style>" + (link ? "<a part=control><slot></slot></a>" : "<button type=button part=control><slot></slot></button>");
      var control = root.querySelector("a,button");
      if (link) {
        control.href = this.getAttribute("href");
        control.target = this.getAttribute("target") || "_blank";
        control.rel = "noopener noreferrer";
      } else control.disabled = this.hasAttribute("disabled");
      control.addEventListener("click", () => this.act());
    }
    act() {
      var target = document.getElementById(this.getAttribute("commandfor") || this.getAttribute("commandFor") || "");
      if (target && this.getAttribute("command") === "--copy" && target.copy) target.copy();
    }
  }

  class Clipboard extends HTMLElement {
    async copy() {
      var text = this.getAttribute("text") || "";
      try { await navigator.clipboard.writeText(text); } catch (error) { legacyCopy(text); }
      this.textContent = document.documentElement.lang.startsWith("de") ? "Kopiert" : "Copied";
      this.dispatchEvent(new Event("copy"));
      setTimeout(() => { this.textContent = ""; }, 2500);
    }
  }

  function legacyCopy(text) {
    var field = document.createElement("textarea");
    field.value = text;
    document.body.appendChild(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  class Section extends Drawn {
    static get observedAttributes() { return ["heading"]; }
    draw() {
      var root = this.shadowRoot || this.attachShadow({ mode: "open" });
      root.innerHTML = "<style>h2{font-size:1.15rem;line-height:1.3;margin:0 0 .6rem}</style><h2></h2><slot></slot>";
      var heading = this.getAttribute("heading");
      var shown = root.querySelector("h2");
      if (heading) shown.textContent = heading; else shown.remove();
    }
  }

  class Banner extends Section {
    connectedCallback() { this.setAttribute("role", this.getAttribute("tone") === "critical" ? "alert" : "status"); super.connectedCallback(); }
  }

  class Skeleton extends Drawn {
    static get observedAttributes() { return ["content"]; }
    draw() { this.textContent = this.getAttribute("content") || "…"; }
  }

  class Progress extends Drawn {
    static get observedAttributes() { return ["value", "max"]; }
    draw() {
      var bar = this.querySelector("progress") || this.appendChild(document.createElement("progress"));
      bar.max = Number(this.getAttribute("max") || 1);
      bar.value = Number(this.getAttribute("value") || 0);
      bar.style.inlineSize = "100%";
      bar.setAttribute("aria-label", this.getAttribute("accessibilitylabel") || this.getAttribute("accessibilityLabel") || "");
    }
  }

  class Qr extends Drawn {
    static get observedAttributes() { return ["content"]; }
    draw() {
      var image = this.querySelector("img") || this.appendChild(document.createElement("img"));
      image.src = "../qr.svg?content=" + encodeURIComponent(this.getAttribute("content") || "");
      image.alt = this.getAttribute("accessibilitylabel") || this.getAttribute("accessibilityLabel") || "QR";
    }
  }

  class Summary extends HTMLElement {
    connectedCallback() {
      this.tabIndex = 0;
      this.setAttribute("role", "button");
      this.told();
      this.addEventListener("click", () => this.toggle());
      this.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.toggle();
      });
    }
    toggle() { this.parentElement.toggleAttribute("open"); this.told(); }
    told() { this.setAttribute("aria-expanded", this.parentElement.hasAttribute("open")); }
  }

  class Link extends HTMLElement {
    connectedCallback() {
      this.tabIndex = 0;
      this.setAttribute("role", "link");
      this.addEventListener("click", () => globalThis.shopify.navigation.navigate(this.getAttribute("href")));
    }
  }

  // Named and ticked from outside by property or attribute, as Shopify's; "change" bubbles from the box within.
  class Checkbox extends Drawn {
    static get observedAttributes() { return ["label", "checked", "disabled"]; }
    get checked() { return this.hasAttribute("checked"); }
    set checked(yes) { this.toggleAttribute("checked", Boolean(yes)); }
    draw() {
      var box = this.querySelector("input");
      if (!box) {
        this.innerHTML = "<label><input type=checkbox> <span></span></label>";
        box = this.querySelector("input");
        box.addEventListener("change", () => { this.checked = box.checked; });
      }
      box.checked = this.checked;
      box.disabled = this.hasAttribute("disabled");
      this.querySelector("span").textContent = this.getAttribute("label") || "";
    }
  }

  class Thumbnail extends Drawn {
    static get observedAttributes() { return ["src", "alt"]; }
    draw() {
      this.innerHTML = "<img width=56 height=56>";
      this.firstChild.src = this.getAttribute("src") || "";
      this.firstChild.alt = this.getAttribute("alt") || "";
    }
  }

  class Grid extends Drawn {
    static get observedAttributes() { return ["gridtemplatecolumns"]; }
    draw() { this.style.gridTemplateColumns = this.getAttribute("gridtemplatecolumns") || ""; }
  }

  define("s-product-thumbnail", Thumbnail);
  define("s-grid", Grid);
  define("s-button", Button);
  define("s-checkbox", Checkbox);
  define("s-clipboard-item", Clipboard);
  define("s-section", Section);
  define("s-banner", Banner);
  define("s-skeleton-paragraph", Skeleton);
  define("s-progress", Progress);
  define("s-qr-code", Qr);
  define("s-summary", Summary);
  define("s-link", Link);
})();
