// Which of our blocks stand in the theme and in the checkout: App Bridge knows, the server does not, so the page tells it.

/** @typedef {{ handle: string, type?: string, activations?: any[] }} Extension */

/** Handles of theme blocks that are on; of UI extensions that are placed, extension and target. @param {Extension[]} extensions @returns {string[]} */
function placesOf(extensions) {
  return extensions.flatMap(({ handle, type, activations = [] }) => (type === 'theme_app_extension'
    ? activations.filter((block) => block.status === 'active' && block.activations.length > 0).map((block) => block.handle)
    : activations.map((one) => `${handle}/${one.target}`)));
}

async function look() {
  const { shopify, htmx } = /** @type {any} */ (window);
  const guide = document.getElementById('guide');
  if (!guide || !shopify?.app?.extensions) return;
  let found;
  try {
    found = placesOf(await shopify.app.extensions());
  } catch {
    return; // the admin did not answer: what we knew before stands
  }
  const known = (guide.dataset.known ?? '').split(' ');
  const told = found.filter((place) => known.includes(place)).sort().join(' ');
  if (told === guide.dataset.places) return;
  htmx.ajax('POST', guide.dataset.tell, { source: guide, target: '#guide', swap: 'outerHTML', values: { places: told } });
}

look();
// Back from the theme editor: what was done there is seen at once.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') look();
});
