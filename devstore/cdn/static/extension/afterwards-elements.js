// The components of the post-purchase page, drawn as plain HTML. Unknown components and properties are refused, as the types refuse them.
(function () {
  function make(tag, name) { var made = document.createElement(tag); if (name) made.className = name; return made; }
  function mark(element, props, names) {
    names.forEach(function (name) { if (props[name] !== undefined) element.dataset[name] = String(props[name]); else delete element.dataset[name]; });
  }
  var TEXT = ["size", "emphasized", "subdued", "role", "id", "appearance"];

  // By type: what it is made of, the properties that it knows, and what they do.
  var TYPES = {
    BlockStack: { tag: function () { return "div"; }, props: ["alignment", "spacing"] },
    InlineStack: { tag: function () { return "div"; }, props: ["alignment", "spacing"] },
    View: { tag: function () { return "div"; }, props: ["inlinePadding", "blockPadding"] },
    Tiles: { tag: function () { return "div"; }, props: ["maxPerLine", "breakAt", "alignment", "spacing"] },
    TextContainer: { tag: function () { return "div"; }, props: ["alignment", "spacing"] },
    TextBlock: { tag: function () { return "p"; }, props: TEXT },
    Text: { tag: function (props) { return props.role === "deletion" ? "del" : "span"; }, props: TEXT },
    VisuallyHidden: { tag: function () { return "span"; }, props: [] },
    Separator: { tag: function () { return "hr"; }, props: ["width", "direction"] },
    Heading: { tag: function (props) { return "h" + (props.level || 1); }, props: ["id", "level", "role"] },
    CalloutBanner: { tag: function () { return "section"; }, props: ["title", "border", "background", "alignment", "spacing"] },
    Banner: { tag: function () { return "div"; }, props: ["title", "status", "collapsible", "iconHidden"], then: function (element) { element.setAttribute("role", "alert"); } },
    Layout: { tag: function () { return "div"; }, props: ["inlineAlignment", "blockAlignment", "maxInlineSize", "sizes", "media"], then: layout },
    Image: { tag: function () { return "img"; }, props: ["source", "sources", "description", "loading", "bordered", "aspectRatio", "fit", "decorative"], then: image },
    Button: { tag: function () { return "button"; }, props: ["submit", "to", "subdued", "plain", "loading", "loadingLabel", "disabled", "onPress"], then: button },
  };

  function layout(element, props) {
    (props.media || []).forEach(function (one) {
      element.style.setProperty("--" + one.viewportSize, one.sizes.map(function (size) { return size === "fill" ? "minmax(0,1fr)" : size === 1 ? "minmax(0,1fr)" : size + "px"; }).join(" "));
    });
  }

  function image(element, props) {
    if (!props.source) throw new Error("Image needs a source.");
    element.src = props.source;
    element.alt = props.decorative ? "" : props.description || "";
  }

  function button(element, props) {
    element.type = "button";
    element.disabled = Boolean(props.disabled);
    element.setAttribute("aria-busy", String(Boolean(props.loading)));
    element.onclick = function () { if (!props.loading && !props.disabled && props.onPress) props.onPress(); };
  }

  function apply(node) {
    var type = TYPES[node.type];
    Object.keys(node.props).forEach(function (name) { if (type.props.indexOf(name) < 0) throw new Error(node.type + " has no " + name + "."); });
    node.element.dataset.type = node.type;
    mark(node.element, node.props, type.props.filter(function (name) { return typeof node.props[name] !== "function" && typeof node.props[name] !== "object"; }));
    if (type.then) type.then(node.element, node.props);
  }

  function parent_(node, element) {
    node.children = [];
    function put(child, before) {
      child = typeof child === "string" ? text(child) : child;
      if (child.parent) child.parent.removeChild(child);
      node.children.splice(before ? node.children.indexOf(before) : node.children.length, 0, child);
      element.insertBefore(child.element, before ? before.element : null);
      child.parent = node;
    }
    node.appendChild = function (child) { put(child); };
    node.insertChildBefore = function (child, before) { put(child, before); };
    node.removeChild = function (child) {
      node.children.splice(node.children.indexOf(child), 1);
      child.element.remove();
      child.parent = null;
    };
    return node;
  }

  function text(said) {
    var node = { kind: 2, text: said || "", element: document.createTextNode(said || "") };
    node.updateText = function (other) { node.text = node.element.data = other; };
    return node;
  }

  function component(type, props, children) {
    if (!TYPES[type]) throw new Error("There is no component " + type + ".");
    var node = { kind: 1, type: type, props: Object.assign({}, props) };
    node.element = make(TYPES[type].tag(node.props));
    parent_(node, node.element);
    node.updateProps = function (more) { Object.assign(node.props, more); apply(node); };
    apply(node);
    children.forEach(node.appendChild);
    return node;
  }

  globalThis.remoteRoot = function (element) {
    var root = parent_({ kind: 0, options: {}, element: element }, element);
    root.createText = text;
    root.createComponent = function (type, props) {
      var rest = [].slice.call(arguments, 2);
      return component(type, props || {}, Array.isArray(rest[0]) ? rest[0] : rest);
    };
    root.mount = function () { element.hidden = false; return Promise.resolve(); };
    return root;
  };
})();
