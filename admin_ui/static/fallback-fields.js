// Form fields, buttons and links: form-associated, labelled, with the error next to the field.

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; min-inline-size: 0; font: inherit; color: #303030 }
  :host([hidden]) { display: none }
  * { box-sizing: border-box; font: inherit; letter-spacing: inherit }
  label, legend { display: block; margin: 0 0 .25rem; padding: 0; font-weight: 500 }
  .quiet { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  .box { display: flex; align-items: center; gap: .4rem; min-block-size: 2.5rem; padding-inline: .75rem; border: 1px solid #8a8a8a; border-radius: .5rem; background: #fdfdfd }
  .box:focus-within { outline: 2px solid #005bd3; outline-offset: 1px }
  .box.wrong { border-color: #8e0b21; background: #fff5f5 }
  .affix { color: #616161 }
  .affix:empty, #details:empty, #error:empty { display: none }
  input:not([type=checkbox], [type=radio]), textarea, select { flex: 1; inline-size: 100%; min-inline-size: 0; min-block-size: 2.4rem; padding: 0; border: 0; outline: 0; background: transparent; color: inherit }
  textarea { padding-block: .5rem; resize: vertical }
  :disabled { color: #616161; cursor: not-allowed }
  #details { margin-block-start: .25rem; color: #616161; font-size: .875rem }
  #error { margin-block-start: .25rem; color: #8e0b21; font-size: .875rem }
  #error::before { content: '⚠ '; content: '⚠ ' / '' }
  fieldset { margin: 0; padding: 0; border: 0; min-inline-size: 0 }
  .tick { display: flex; align-items: flex-start; gap: .6rem; min-block-size: 2rem; padding-block: .3rem }
  .tick label { margin: 0; font-weight: 450 }
  input[type=checkbox], input[type=radio] { flex: none; inline-size: 1.15rem; block-size: 1.15rem; margin: .1rem 0 0; accent-color: #303030 }
  input:focus-visible { outline: 2px solid #005bd3; outline-offset: 2px }
`);

const TYPES = { 's-text-field': 'text', 's-email-field': 'email', 's-number-field': 'number', 's-money-field': 'text', 's-date-field': 'date', 's-search-field': 'search', 's-url-field': 'url', 's-password-field': 'password' };
const PASSED_ON = ['placeholder', 'min', 'max', 'step', 'maxlength', 'minlength', 'autocomplete', 'rows', 'inputmode'];

/** What every field shares: a label, details and error around one control. */
class Field extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ['label', 'value', 'error', 'details', 'disabled', 'readonly', 'required', 'prefix', 'suffix', 'checked', 'labelaccessibilityvisibility', ...PASSED_ON];

  constructor() {
    super();
    this.internals = this.attachInternals();
    this.root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    this.root.adoptedStyleSheets = [STYLE];
    /** @type {any} */ this.control = null;
  }

  connectedCallback() {
    if (this.control) return;
    this.root.innerHTML = this.draw();
    this.control = this.root.querySelector('#control');
    this.control?.addEventListener('input', () => this.report());
    this.control?.addEventListener('change', () => this.dispatchEvent(new Event('change', { bubbles: true })));
    this.show();
    this.restore();
  }

  attributeChangedCallback(/** @type {string} */ name) {
    if (!this.control) return;
    this.show();
    if (name === 'value' || name === 'checked') this.restore();
  }

  draw() {
    return `<label for="control"></label><div class="box"><span class="affix" id="prefix"></span>${this.drawControl()}<span class="affix" id="suffix"></span></div>${this.drawNotes()}`;
  }

  drawControl() {
    return `<input id="control" aria-describedby="details error" type="${TYPES[/** @type {keyof typeof TYPES} */ (this.localName)] ?? 'text'}">`;
  }

  drawNotes() {
    return '<div id="details"></div><div id="error" role="alert"></div>';
  }

  /** Puts the attributes where people see them. */
  show() {
    const text = (/** @type {string} */ name) => this.getAttribute(name) ?? '';
    const label = this.root.querySelector('label, legend');
    if (label) label.textContent = text('label');
    label?.classList.toggle('quiet', text('labelaccessibilityvisibility') === 'exclusive');
    for (const name of ['details', 'error', 'prefix', 'suffix']) {
      const part = this.root.querySelector(`#${name}`);
      if (part) part.textContent = text(name);
    }
    this.root.querySelector('.box')?.classList.toggle('wrong', text('error') !== '');
    this.showControl();
  }

  showControl() {
    for (const name of PASSED_ON) if (this.hasAttribute(name)) this.control.setAttribute(name, this.getAttribute(name));
    if (this.localName === 's-money-field') this.control.inputMode = 'decimal';
    this.control.disabled = this.hasAttribute('disabled');
    this.control.readOnly = this.hasAttribute('readonly');
    this.control.required = this.hasAttribute('required');
    if (this.hasAttribute('error') && this.getAttribute('error')) this.control.setAttribute('aria-invalid', 'true');
    else this.control.removeAttribute('aria-invalid');
    if (this.localName === 's-number-field' && !this.hasAttribute('step')) this.control.step = 'any';
  }

  restore() {
    this.control.value = this.getAttribute('value') ?? '';
    this.report();
  }

  report() {
    this.internals.setFormValue(this.control.value);
    this.internals.setValidity(this.control.validity, this.control.validationMessage, this.control);
  }

  formResetCallback() {
    this.restore();
  }

  formDisabledCallback(/** @type {boolean} */ disabled) {
    if (this.control) this.control.disabled = disabled || this.hasAttribute('disabled');
  }

  get name() {
    return this.getAttribute('name') ?? '';
  }

  get value() {
    return this.control ? this.control.value : (this.getAttribute('value') ?? '');
  }

  set value(value) {
    if (this.control) {
      this.control.value = value;
      this.report();
    } else this.setAttribute('value', value);
  }
}

class SingleLine extends Field {
  connectedCallback() {
    super.connectedCallback();
    this.control.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter') this.internals.form?.requestSubmit();
    });
    const currency = this.getAttribute('currencycode');
    if (currency && currency !== 'auto' && !this.hasAttribute('suffix')) this.setAttribute('suffix', currency);
  }
}

class Area extends Field {
  drawControl() {
    return '<textarea id="control" aria-describedby="details error" rows="3"></textarea>';
  }
}

class Select extends Field {
  drawControl() {
    return '<select id="control" aria-describedby="details error"></select>';
  }

  restore() {
    const made = [...this.querySelectorAll('s-option')].map((option) => {
      const value = option.getAttribute('value') ?? option.textContent ?? '';
      return new Option(option.textContent?.trim(), value, option.hasAttribute('selected'), option.hasAttribute('selected'));
    });
    const empty = this.getAttribute('placeholder');
    if (empty) made.unshift(new Option(empty, ''));
    this.control.replaceChildren(...made);
    if (this.hasAttribute('value')) this.control.value = this.getAttribute('value');
    this.report();
  }
}

class Tick extends Field {
  draw() {
    return `<div class="tick"><input id="control" type="checkbox" aria-describedby="details error"><div><label for="control"></label>${this.drawNotes()}</div></div>`;
  }

  restore() {
    this.control.checked = this.hasAttribute('checked');
    this.report();
  }

  report() {
    this.internals.setFormValue(this.control.checked ? (this.getAttribute('value') ?? 'on') : null);
    this.internals.setValidity(this.control.validity, this.control.validationMessage, this.control);
  }

  get checked() {
    return Boolean(this.control?.checked);
  }

  set checked(checked) {
    this.control.checked = checked;
    this.report();
  }
}

class Choices extends Field {
  draw() {
    const type = this.hasAttribute('multiple') ? 'checkbox' : 'radio';
    const ticks = [...this.querySelectorAll('s-choice')].map((choice, n) => {
      choice.slot = `choice-${n}`;
      return `<div class="tick"><input type="${type}" name="choice" id="choice-${n}"><label for="choice-${n}"><slot name="choice-${n}"></slot></label></div>`;
    });
    const role = type === 'radio' ? ' role="radiogroup"' : '';
    return `<fieldset id="control"${role} aria-describedby="details error"><legend></legend>${ticks.join('')}</fieldset>${this.drawNotes()}`;
  }

  showControl() {
    this.control.disabled = this.hasAttribute('disabled');
    const several = this.hasAttribute('multiple');
    const wrong = Boolean(this.getAttribute('error'));
    if (!several && wrong) this.control.setAttribute('aria-invalid', 'true');
    else this.control.removeAttribute('aria-invalid');
    this.each((input, choice) => {
      input.setAttribute('aria-describedby', 'error'); // whoever comes to a choice from the keyboard hears what is wrong
      if (several && wrong) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      input.disabled = choice.hasAttribute('disabled');
      input.setAttribute('aria-label', choice.firstChild?.textContent?.trim() ?? '');
    });
  }

  restore() {
    this.each((input, choice) => {
      input.checked = choice.hasAttribute('selected');
    });
    this.report();
  }

  report() {
    const chosen = new FormData();
    for (const value of this.values) chosen.append(this.name, value);
    this.internals.setFormValue(chosen);
  }

  get values() {
    /** @type {string[]} */
    const chosen = [];
    this.each((input, choice) => {
      if (input.checked) chosen.push(choice.getAttribute('value') ?? '');
    });
    return chosen;
  }

  /** @param {(input: HTMLInputElement, choice: Element) => void} act */
  each(act) {
    const choices = [...this.querySelectorAll('s-choice')];
    this.root.querySelectorAll('input').forEach((input, n) => choices[n] && act(input, choices[n]));
  }
}

export function defineFields() {
  for (const name of Object.keys(TYPES)) customElements.define(name, class extends SingleLine {});
  customElements.define('s-text-area', Area);
  customElements.define('s-select', Select);
  customElements.define('s-checkbox', class extends Tick {});
  customElements.define('s-switch', class extends Tick {});
  customElements.define('s-choice-list', Choices);
}
