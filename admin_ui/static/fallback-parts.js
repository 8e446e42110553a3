// Everything that is no field: buttons, links, page, section, banner, dialog, table, text.

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host([hidden]) { display: none !important }
  * { box-sizing: border-box; font: inherit; letter-spacing: inherit }
  h1, h2 { margin: 0; font-weight: 650; overflow-wrap: anywhere }
  h1 { font-size: 1.25rem; line-height: 1.4 }
  h2 { font-size: 1rem; line-height: 1.4 }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem }
  .head > h1, .head > h2 { flex: 1 1 12rem }
  .actions { display: flex; flex-wrap: wrap; gap: .5rem }
  .push { display: inline-flex; align-items: center; justify-content: center; gap: .4rem; min-block-size: 2.5rem; padding: .35rem .9rem; border: 1px solid #b5b5b5; border-radius: .5rem; background: #fff; color: #303030; font-weight: 550; text-decoration: none; cursor: pointer }
  .push:hover { background: #f1f1f1 }
  .push:focus-visible, a:focus-visible { outline: 2px solid #005bd3; outline-offset: 2px }
  :host([variant=primary]) .push { border-color: #1a1a1a; background: #303030; color: #fff }
  :host([variant=primary]) .push:hover { background: #1a1a1a }
  :host([variant=tertiary]) .push { border-color: transparent; background: transparent }
  :host([tone=critical]) .push { border-color: #8e0b21; color: #8e0b21 }
  :host([tone=critical][variant=primary]) .push { background: #8e0b21; color: #fff }
  :host([inlinesize=fill]) .push { inline-size: 100% }
  .push:disabled { border-color: #d4d4d4; background: #ebebeb; color: #616161; cursor: not-allowed }
  a.plain { color: #005bd3 }
  :host([tone=critical]) a.plain { color: #8e0b21 }
  :host([tone=neutral]) a.plain { color: inherit }
  dialog { inline-size: min(36rem, calc(100vw - 2rem)); padding: 0; border: 0; border-radius: 1rem; color: #303030; box-shadow: 0 1rem 3rem rgb(0 0 0 / .3) }
  dialog::backdrop { background: rgb(0 0 0 / .5) }
  dialog > div { padding: 1rem }
  dialog .head { border-block-end: 1px solid #e3e3e3; background: #f3f3f3 }
  dialog .foot { display: flex; justify-content: flex-end; gap: .5rem; border-block-start: 1px solid #e3e3e3 }
  .close { inline-size: 2.25rem; block-size: 2.25rem; border: 0; border-radius: .5rem; background: transparent; cursor: pointer }
  .columns { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start }
  .columns > .main { flex: 2 1 26rem; min-inline-size: 0; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
  .columns > .aside { flex: 1 1 16rem; min-inline-size: 0; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
  .columns > .aside:not(.used) { display: none }
  progress { inline-size: 100%; accent-color: #303030 }
`);

/** An element whose shadow tree is a template filled from attributes. */
class Part extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.root = this.attachShadow({ mode: 'open', delegatesFocus: this.delegates() });
    this.root.adoptedStyleSheets = [STYLE];
    this.root.innerHTML = this.draw();
    this.fill();
  }

  delegates() {
    return false;
  }

  draw() {
    return '<slot></slot>';
  }

  fill() {}

  /** @param {string} name */
  text(name) {
    return this.getAttribute(name) ?? '';
  }

  /** @param {string} selector @returns {any} */
  inner(selector) {
    return this.root?.querySelector(selector);
  }

  /** Writes the heading, or takes the element away where there is none. @param {string} selector */
  fillHeading(selector) {
    const heading = this.inner(selector);
    heading.textContent = this.text('heading');
    if (!this.text('heading')) heading.remove();
  }
}

class Push extends Part {
  static formAssociated = true;
  static observedAttributes = ['disabled', 'loading', 'href'];

  constructor() {
    super();
    this.internals = this.attachInternals();
  }

  delegates() {
    return true;
  }

  draw() {
    return this.hasAttribute('href') ? '<a class="push"><slot></slot></a>' : '<button class="push" type="button"><slot></slot></button>';
  }

  fill() {
    this.attributeChangedCallback();
    const label = this.text('accessibilitylabel');
    if (label) this.inner('.push').setAttribute('aria-label', label);
    this.addEventListener('click', (event) => this.act(event));
  }

  attributeChangedCallback() {
    const push = this.inner('.push');
    if (!push) return;
    if (push instanceof HTMLAnchorElement) follow(push, this);
    else push.disabled = this.hasAttribute('disabled') || this.hasAttribute('loading');
  }

  /** @param {Event} event */
  act(event) {
    if (event.defaultPrevented || this.hasAttribute('disabled')) return;
    if (this.text('type') === 'submit') this.internals.form?.requestSubmit();
    if (this.text('type') === 'reset') this.internals.form?.reset();
    command(this);
  }
}

class Link extends Part {
  delegates() {
    return true;
  }

  draw() {
    return '<a class="plain"><slot></slot></a>';
  }

  fill() {
    follow(this.inner('a'), this);
    this.addEventListener('click', () => command(this));
  }
}

/** @param {HTMLAnchorElement} anchor @param {HTMLElement} host */
function follow(anchor, host) {
  anchor.href = host.getAttribute('href') ?? '';
  const target = host.getAttribute('target');
  if (target && target !== 'auto') anchor.target = target;
  if (host.hasAttribute('download')) anchor.download = host.getAttribute('download') ?? '';
}

/** What command and commandfor ask of another element. @param {HTMLElement} host */
function command(host) {
  /** @type {any} */
  const target = document.getElementById(host.getAttribute('commandfor') ?? '');
  if (!target) return;
  const wanted = host.getAttribute('command') ?? '--auto';
  if (wanted === '--copy') navigator.clipboard?.writeText(target.getAttribute('text') ?? target.textContent.trim());
  if (wanted === '--show') target.showOverlay?.();
  if (wanted === '--hide') target.hideOverlay?.();
  if (wanted === '--toggle' || wanted === '--auto') target.toggleOverlay?.();
}

class Page extends Part {
  draw() {
    return `<div><slot name="breadcrumb-actions"></slot></div>
      <div class="head"><h1></h1><div class="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></div>
      <div class="columns"><div class="main"><slot></slot></div><div class="aside"><slot name="aside"></slot></div></div>`;
  }

  fill() {
    this.fillHeading('h1');
    const aside = this.inner('slot[name=aside]');
    const use = () => aside.parentElement.classList.toggle('used', aside.assignedElements().length > 0);
    aside.addEventListener('slotchange', use);
    use();
  }
}

class Section extends Part {
  draw() {
    return '<div class="head"><h2 id="heading"></h2><slot name="accessory"></slot><div class="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></div><slot></slot>';
  }

  fill() {
    const label = this.text('accessibilitylabel') || this.text('heading');
    if (label && !this.hasAttribute('role')) {
      this.setAttribute('role', 'region');
      this.setAttribute('aria-label', label);
    }
    if (!this.text('heading') && !this.querySelector(':scope > [slot]')) this.inner('.head').remove();
    else this.fillHeading('h2');
  }
}

class Banner extends Part {
  draw() {
    return '<div class="head"><h2></h2><button class="close" type="button" aria-label="×">×</button></div><slot></slot><div class="actions"><slot name="secondary-actions"></slot></div>';
  }

  fill() {
    if (!this.hasAttribute('role')) this.setAttribute('role', this.text('tone') === 'critical' ? 'alert' : 'status');
    this.fillHeading('h2');
    if (!this.hasAttribute('dismissible')) this.inner('.close').remove();
    this.inner('.close')?.addEventListener('click', () => {
      this.hidden = true;
      this.dispatchEvent(new Event('dismiss'));
    });
    if (!this.inner('.head').children.length) this.inner('.head').remove();
  }
}

class Dialog extends Part {
  draw() {
    return `<dialog aria-labelledby="heading"><div class="head"><h2 id="heading"></h2><button class="close" type="button" aria-label="×">×</button></div>
      <div><slot></slot></div><div class="foot"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></dialog>`;
  }

  fill() {
    this.inner('h2').textContent = this.text('heading');
    this.inner('.close').addEventListener('click', () => this.hideOverlay());
    this.inner('dialog').addEventListener('close', () => this.dispatchEvent(new Event('hide')));
  }

  showOverlay() {
    this.inner('dialog').showModal();
    this.dispatchEvent(new Event('show'));
  }

  hideOverlay() {
    this.inner('dialog').close();
  }

  toggleOverlay() {
    if (this.inner('dialog').open) this.hideOverlay();
    else this.showOverlay();
  }
}

class EmptyState extends Part {
  draw() {
    return '<h2></h2><slot name="subheading"></slot><slot></slot><div class="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>';
  }

  fill() {
    this.fillHeading('h2');
  }
}

class Progress extends Part {
  draw() {
    return '<progress></progress>';
  }

  fill() {
    const bar = this.inner('progress');
    bar.max = Number(this.text('max')) || 1;
    if (this.hasAttribute('value')) bar.value = Number(this.text('value'));
    bar.setAttribute('aria-label', this.text('accessibilitylabel'));
  }
}

/** A cell knows its column, so that a phone can show rows as cards. */
class Row extends HTMLElement {
  connectedCallback() {
    this.setAttribute('role', 'row');
    queueMicrotask(() => {
      const headers = [...(this.closest('s-table')?.querySelectorAll('s-table-header') ?? [])];
      [...this.children].forEach((cell, n) => {
        cell.setAttribute('data-label', headers[n]?.textContent?.trim() ?? '');
        cell.toggleAttribute('data-number', ['numeric', 'currency'].includes(headers[n]?.getAttribute('format') ?? ''));
      });
    });
  }
}

/** Elements that need a role and nothing else; how they look is in fallback.css. */
const ROLES = {
  's-table': 'table', 's-table-header-row': 'row', 's-table-header': 'columnheader', 's-table-body': 'rowgroup', 's-table-cell': 'cell',
  's-unordered-list': 'list', 's-ordered-list': 'list', 's-list-item': 'listitem', 's-heading': 'heading', 's-divider': 'separator', 's-spinner': 'status',
};
const PLAIN = ['s-stack', 's-grid', 's-grid-item', 's-box', 's-text', 's-paragraph', 's-number', 's-badge', 's-button-group', 's-option', 's-choice', 's-query-container', 's-chip'];

/** @param {string | undefined} role */
function plain(role) {
  return class extends HTMLElement {
    connectedCallback() {
      if (role && !this.hasAttribute('role')) this.setAttribute('role', role);
      if (role === 'heading' && !this.hasAttribute('aria-level')) this.setAttribute('aria-level', '3');
      const label = this.getAttribute('accessibilitylabel');
      if (label && role) this.setAttribute('aria-label', label);
      const columns = this.getAttribute('gridtemplatecolumns');
      if (columns && !columns.startsWith('@')) this.style.gridTemplateColumns = columns;
    }
  };
}

export function defineParts() {
  const parts = { 's-button': Push, 's-link': Link, 's-page': Page, 's-section': Section, 's-banner': Banner, 's-modal': Dialog, 's-empty-state': EmptyState, 's-progress': Progress, 's-table-row': Row };
  for (const [name, part] of Object.entries(parts)) customElements.define(name, part);
  for (const [name, role] of Object.entries(ROLES)) customElements.define(name, plain(role));
  for (const name of PLAIN) customElements.define(name, plain(undefined));
}
