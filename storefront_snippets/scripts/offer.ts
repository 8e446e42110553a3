/**
 * Offers on the shop's pages. Liquid draws them with a form that works by itself; with this script the page stays, the price of what was
 * chosen is worked out, and the goal in the cart follows the cart. Asks Shopify's cart alone, never us.
 */
import { printed } from '../offers/src/money';
import { saving, total, type Row, type Spec } from '../offers/src/price';

const CHANGED = 'tandem:cart-changed';
const REFRESH = 'cart:refresh';

class Offer extends HTMLElement {
  spec: Spec | null = null;

  connectedCallback() {
    this.spec = JSON.parse(this.querySelector('script')?.textContent || 'null');
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      this.add((event as SubmitEvent).submitter as HTMLButtonElement);
    });
    this.addEventListener('click', ({ target }) => this.step(target as HTMLElement));
    this.addEventListener('input', () => this.count());
    document.addEventListener('change', ({ target }) => this.follow(target as HTMLSelectElement));
    this.count();
  }

  pieces(query: string): any[] {
    return [...this.querySelectorAll(query)];
  }

  piece(name: string): any {
    return this.querySelector(`[data-part="${name}"]`);
  }

  /** `count`: for a row without a field of its own, how many the button adds. */
  rows(count = 1): (Row & { name: string })[] {
    const fields = this.pieces('input[name$="quantity]"]');
    return this.pieces('[name$="[id]"]').map((field, at) => {
      const { price, of, cap } = { ...field.dataset, ...field.selectedOptions?.[0].dataset };
      return { name: field.name, id: +field.value, price: BigInt(price ?? 0), count: +(fields[at]?.value ?? count), part: +of, cap: +cap };
    });
  }

  /** Minor units off these rows; the amounts of the page are hundredths, whatever the currency. */
  saving(rows: Row[], spec: Spec): bigint {
    const { home, coin, shift } = this.dataset;
    const one = BigInt(coin!);
    const { active = home!, rate = '1' } = window.Shopify?.currency ?? {};
    return saving(rows.map((row) => ({ ...row, price: row.price / one })), spec, { active, home: home!, rate, shift: +shift! }) * one;
  }

  /** What was chosen, what it costs, and whether it is complete. */
  count() {
    const { spec } = this;
    if (!spec) return;
    for (const step of this.pieces('[data-least]')) {
      const least = +step.dataset.least;
      const gain = spec.steps!.filter((one) => one[0] <= least).pop()![1];
      this.price(step, this.rows(least), { kind: '', parts: [{ count: least, gain }] });
    }
    if (spec.steps) return;
    const rows = this.rows();
    this.price(this, rows, spec);
    let full = true;
    for (const tally of this.pieces('[data-wanted]')) {
      const { wanted, of, say } = tally.dataset;
      const chosen = rows.reduce((sum, row) => sum + (row.part === +of ? row.count : 0), 0);
      tally.textContent = say.replace('[chosen]', chosen);
      full &&= chosen === +wanted;
    }
    this.piece('add').ariaDisabled = !full;
  }

  price(root: HTMLElement, rows: Row[], spec: Spec) {
    const less = this.saving(rows, spec);
    const whole = total(rows.map((row) => row.price * BigInt(row.count)));
    const { sample, sayTotal, saySum } = this.dataset;
    const words = less ? sayTotal! : saySum!;
    root.querySelector('[data-part="total"]')!.textContent = whole
      ? words.replace('[total]', printed(whole - less, sample!)).replace('[saving]', printed(less, sample!)) : '';
  }

  /** − and + of a field. */
  step({ dataset: { by }, parentElement }: HTMLElement) {
    const field = by && parentElement!.querySelector('input');
    if (!field) return;
    field.stepUp(+by);
    this.count();
  }

  /** The product's own form chose another variant: so does its row here. */
  follow({ name, value }: HTMLSelectElement) {
    if (name !== 'id') return;
    for (const field of this.pieces(`option[value="${+value}"]`)) field.selected = true;
    this.count();
  }

  /** /cart/add.js adds lines and leaves the cart's discount codes alone. */
  async add(button: HTMLButtonElement | null) {
    if (button?.ariaDisabled === 'true') return this.tell(this.dataset.sayChoose);
    const properties = this.dataset.number && { properties: { _offer: this.dataset.number } };
    const items = this.rows(+(button?.value || 1)).filter((row) => row.count && row.name[0] === 'i')
      .map(({ id, count }) => ({ id, quantity: count, ...properties }));
    this.busy(true);
    this.tell(this.dataset.sayAdding);
    try {
      const answer = await fetch(`${this.querySelector('form')!.action}.js`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ items }),
      });
      const told = await answer.json().catch(() => ({}));
      // 422 carries Shopify's own sentence in the shopper's language, e.g. that one of them is sold out.
      if (!answer.ok) throw new Error(answer.status === 422 ? told.description || told.message : '');
      this.tell(this.dataset.sayAdded);
      this.piece('cart').hidden = false;
      document.dispatchEvent(new CustomEvent(CHANGED, { detail: told }));
      // What many themes listen for to draw their cart anew.
      document.documentElement.dispatchEvent(new CustomEvent(REFRESH, { bubbles: true }));
    } catch (error) {
      this.tell((error as Error).message && !(error instanceof TypeError) ? (error as Error).message : this.dataset.sayFailed);
    }
    this.busy(false);
  }

  busy(yes: boolean) {
    for (const button of this.pieces('[type=submit]')) button.disabled = yes;
  }

  tell(sentence: string | undefined) {
    this.piece('status').textContent = sentence;
  }
}

/** What the cart still lacks for a goal. As an embed it moves into the theme's drawer. */
class Goal extends HTMLElement {
  connectedCallback() {
    const { into } = this.dataset;
    const home = into && document.querySelector(into);
    if (home && !home.contains(this)) home.append(this);
    else if (home) this.hidden = false;
  }
}

/** As Shopify draws them for the cart as it now is; also where the theme has drawn its drawer anew, without us. */
async function redraw() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
  for (const fresh of page.querySelectorAll('tandem-goal')) {
    const goal = document.getElementById(fresh.id);
    if (goal) goal.replaceChildren(...fresh.childNodes);
    else document.body.append(fresh);
  }
}

if (!customElements.get('tandem-offer')) {
  customElements.define('tandem-offer', Offer);
  customElements.define('tandem-pair', class extends Offer {});
  customElements.define('tandem-goal', Goal);
  if (document.querySelector('tandem-goal')) document.addEventListener(REFRESH, () => redraw().catch(() => {}));
}
