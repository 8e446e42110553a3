// What App Bridge does with <form data-save-bar>, for pages outside the admin: a bar while there are unsaved changes.

export function offerSaveBars() {
  document.addEventListener('input', (event) => update(formOf(event), true));
  document.addEventListener('change', (event) => update(formOf(event), true));
  document.addEventListener('reset', (event) => update(formOf(event), false));
  document.addEventListener('submit', (event) => update(formOf(event), false));
  document.addEventListener('htmx:response:error', (event) => update(formOf(event), true));
  document.addEventListener('htmx:error', (event) => update(formOf(event), true));
  window.addEventListener('beforeunload', (event) => {
    if (document.querySelector('.save-bar')) event.preventDefault();
  });
}

/** @param {Event} event @returns {HTMLFormElement | null} */
function formOf(event) {
  const target = event.composedPath()[0] instanceof Element ? event.target : null;
  return target instanceof Element ? target.closest('form[data-save-bar]') : null;
}

/** @param {HTMLFormElement | null} form @param {boolean} changed */
function update(form, changed) {
  if (!form) return;
  const bar = form.querySelector('.save-bar');
  if (!changed) bar?.remove();
  else if (!bar) form.append(makeBar(form));
}

/** @param {HTMLFormElement} form */
function makeBar(form) {
  const bar = document.createElement('div');
  bar.className = 'save-bar';
  bar.setAttribute('role', 'region');
  bar.setAttribute('aria-label', form.dataset.saveBarLabel ?? '');
  bar.append(
    button(form.dataset.discard ?? 'Discard', 'secondary', () => form.reset()),
    button(form.dataset.save ?? 'Save', 'primary', () => form.requestSubmit()),
  );
  return bar;
}

/** @param {string} label @param {string} variant @param {() => void} act */
function button(label, variant, act) {
  const made = document.createElement('s-button');
  made.setAttribute('variant', variant);
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}
