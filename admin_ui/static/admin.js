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

/** What was ticked while an answer was on its way stays ticked. @param {unknown} place @param {DocumentFragment} answer */
function keepTicks(place, answer) {
  const before = place instanceof Element && place.matches('[data-ticks]') ? place.querySelector('s-choice-list') : null;
  if (!before) return;
  const { values } = /** @type {any} */ (before);
  const after = answer.querySelector('s-choice-list');
  const found = new Set();
  for (const choice of after?.querySelectorAll('s-choice') ?? []) {
    found.add(choice.getAttribute('value'));
    choice.toggleAttribute('selected', values.includes(choice.getAttribute('value')));
  }
  const missing = [...before.querySelectorAll('s-choice')].filter((choice) => {
    const value = choice.getAttribute('value');
    return values.includes(value) && !found.has(value);
  });
  for (const choice of missing) choice.toggleAttribute('selected', true);
  if (after) after.prepend(...missing);
  else if (missing.length) {
    const list = document.importNode(before, false);
    list.append(...missing);
    answer.prepend(list);
  }
}

document.addEventListener('htmx:before:swap', (event) => {
  for (const { target, fragment } of /** @type {CustomEvent} */ (event).detail.tasks) keepTicks(target, fragment);
});

document.addEventListener('htmx:error', (event) => {
  if (!stuck(event) && !quiet(event)) complain('offline');
});

document.addEventListener('htmx:after:swap', (event) => {
  if (event.target instanceof Element && event.target.matches('[data-quiet]')) return; // nobody asked: nobody is led anywhere
  const wrong = [...document.querySelectorAll('#content [error]')].find((field) => field.getAttribute('error'));
  /** @type {any} */ (wrong?.closest('s-modal'))?.showOverlay?.(); // sending closed the dialog in which the field stands
  if (wrong instanceof HTMLElement) wrong.focus();
  else lead(document.querySelector('#content s-banner'));
});

/** To what was done: into view, and from the keyboard on from there, since what had the focus is gone. @param {Element | null} told */
function lead(told) {
  told?.scrollIntoView({ block: 'nearest' });
  if (document.activeElement !== document.body || !(told instanceof HTMLElement)) return;
  told.tabIndex = -1;
  told.focus({ preventScroll: true });
}

/** An offer's preview on a phone is as tall as what it shows; without scripts of its own the frame may be looked into. @param {EventTarget | null} frame */
function fit(frame) {
  if (!(frame instanceof HTMLIFrameElement && frame.matches('[data-device=phone] > [sandbox=allow-same-origin]'))) return;
  const shown = frame.contentDocument?.documentElement;
  if (shown) frame.style.blockSize = `${shown.getBoundingClientRect().height + 1}px`;
}

document.addEventListener('load', (event) => fit(event.target), true);
for (const frame of document.querySelectorAll('iframe')) fit(frame);

// More access than the app was installed with is asked for where somebody wants what needs it; what waited for it then goes on.
document.addEventListener('click', async (event) => {
  const form = event.target instanceof Element && event.target.closest('[data-grant]') ? event.target.closest('form') : null;
  if (!form) return;
  try {
    const answer = await /** @type {any} */ (window).shopify.scopes.request((form.dataset.scopes ?? '').split(' '));
    if (answer.result === 'granted-all') form.dispatchEvent(new Event('granted'));
  } catch {
    complain('failed');
  }
});

// One tick for all rows of a page: a tick of its own, so it knows nothing of what it does.
document.addEventListener('change', (event) => {
  const all = event.target instanceof Element ? event.target.closest('[data-choose-all]') : null;
  if (!all) return;
  for (const row of all.closest('form')?.querySelectorAll('[name=chosen]') ?? []) {
    /** @type {any} */ (row).checked = /** @type {any} */ (all).checked;
  }
});
