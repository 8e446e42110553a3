// Which of our theme blocks the merchant has turned on; App Bridge knows, the server does not.

/** @param {any} block one activation of `shopify.app.extensions()` */
function isOn(block) {
  if (block.status) return block.status === 'active';
  return (block.activations ?? []).length > 0;
}

async function show() {
  const { shopify } = /** @type {any} */ (window);
  const extensions = (await shopify?.app?.extensions?.()) ?? [];
  const blocks = extensions.flatMap((/** @type {any} */ extension) => extension.activations ?? []);
  const marks = [...document.querySelectorAll('[data-block]')].map((place) => {
    const block = blocks.find((/** @type {any} */ one) => one.handle === place.getAttribute('data-block'));
    const badge = place.querySelector('s-badge');
    if (!block || !badge || !(place instanceof HTMLElement)) return false;
    badge.textContent = (isOn(block) ? place.dataset.on : place.dataset.off) ?? '';
    badge.setAttribute('tone', isOn(block) ? 'success' : 'neutral');
    return isOn(block);
  });
  const mark = document.querySelector('[data-blocks-mark]');
  if (mark instanceof HTMLElement && marks.length && marks.every(Boolean)) {
    mark.dataset.done = 'yes';
    mark.textContent = '✓';
  }
}

show();
