// What htmx leaves to us: an answer that cannot be shown in place of the form must not take the form away.

/** Statuses that carry the page itself, with its errors next to the fields. */
const PAGES = [409, 422];

/** @param {string} key one of the data-* sentences of #errors */
function complain(key) {
  const errors = document.getElementById('errors');
  const alert = Object.assign(document.createElement('div'), { className: 'error', textContent: errors?.dataset[key] ?? '' });
  alert.setAttribute('role', 'alert');
  errors?.replaceChildren(alert);
  errors?.scrollIntoView({ block: 'nearest' });
}

/** What asks again by itself every few seconds fails quietly: it only says that it is not live. @param {Event} event @param {boolean} on */
function quiet(event, on = false) {
  const asking = event.target instanceof Element ? event.target.closest('[data-quiet]') : null;
  const live = asking?.querySelector('.live');
  if (live instanceof HTMLElement) {
    live.toggleAttribute('data-off', !on);
    live.lastElementChild?.replaceChildren((on ? live.dataset.live : live.dataset.stale) ?? '');
  }
  return asking !== null;
}

/** What was to come later and did not says so in its own place, with a way to try again. @param {Event} event */
function stuck(event) {
  const later = event.target instanceof Element ? event.target.closest('[data-later]') : null;
  const words = later?.querySelector('template');
  if (words) later?.replaceChildren(words.content);
  return words instanceof HTMLTemplateElement;
}

document.addEventListener('htmx:before:request', (event) => {
  if (event.target instanceof Element && event.target.matches('[data-quiet]')) return;
  document.getElementById('errors')?.replaceChildren();
  /** @type {any} */ (event.target instanceof Element ? event.target.closest('s-modal') : null)?.hideOverlay?.();
});

document.addEventListener('htmx:before:response', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (ctx.response.status >= 400 && stuck(event)) event.preventDefault();
  else if (ctx.hx?.retarget) {
    ctx.select = null; // the server said where its sentence belongs; it is no page to select from
    document.getElementById('errors')?.scrollIntoView({ block: 'nearest' });
  } else if (ctx.response.status >= 400 && !PAGES.includes(ctx.response.status)) {
    event.preventDefault();
    if (!quiet(event)) complain(ctx.response.status === 401 ? 'signedOut' : 'failed');
  } else quiet(event, true);
});

document.addEventListener('htmx:error', (event) => {
  if (!stuck(event) && !quiet(event)) complain('offline');
});

document.addEventListener('htmx:after:swap', (event) => {
  if (event.target instanceof Element && event.target.matches('[data-quiet]')) return; // nobody asked: nobody is led anywhere
  const wrong = [...document.querySelectorAll('#content [error]')].find((field) => field.getAttribute('error'));
  if (wrong instanceof HTMLElement) wrong.focus();
  else document.querySelector('#content s-banner')?.scrollIntoView({ block: 'nearest' });
});

// One tick for all rows of a page: a tick of its own, so it knows nothing of what it does.
document.addEventListener('change', (event) => {
  const all = event.target instanceof Element ? event.target.closest('[data-choose-all]') : null;
  if (!all) return;
  for (const row of all.closest('form')?.querySelectorAll('[name=chosen]') ?? []) {
    /** @type {any} */ (row).checked = /** @type {any} */ (all).checked;
  }
});
