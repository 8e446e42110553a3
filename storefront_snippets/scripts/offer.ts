/**
 * Offers on the shop's pages. Liquid draws them with a form that works by itself; with this script the page stays, the price of what was
 * chosen is worked out, and the goal in the cart follows the cart. Asks Shopify's cart; us it only tells, of visitors who agree to be
 * counted, what was shown and added.
 */
import { count, meet, post } from '../offers/src/counting';
import { printed } from '../offers/src/money';
import { saving, total, type Row, type Spec } from '../offers/src/price';

const REFRESH = 'cart:refresh';

class Offer extends HTMLElement {
  spec: Spec | null = null;
  /** What the choice costs, in hundredths. */
  due = 0n;

  connectedCallback() {
    this.spec = JSON.parse(this.querySelector('script')?.textContent || 'null');
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      this.add((event as SubmitEvent).submitter as HTMLButtonElement);
    });
    this.addEventListener('click', ({ target }) => this.press(target as HTMLElement));
    this.addEventListener('input', () => this.retell());
    document.addEventListener('change', ({ target }) => this.follow(target as HTMLSelectElement));
    this.retell();
  }

  pieces(query: string): any[] {
    return [...this.querySelectorAll(query)];
  }

  piece(name: string): any {
    return this.querySelector(`[data-part="${name}"]`);
  }

  /** The page's amounts are hundredths, whatever the currency. `count`: for a row without a field of its own, how many the button adds. */
  rows(count = 1): (Row & { name: string; of: string; own?: string })[] {
    const fields = this.pieces('input[name$="quantity]"]');
    return this.pieces('[name$="[id]"]').map((field, at) => {
      const data = { ...field.dataset, ...field.selectedOptions?.[0].dataset };
      return { ...data, name: field.name, id: +field.value, price: BigInt(data.price || 0) / BigInt(this.dataset.coin || 1), count: +(fields[at]?.value ?? count) };
    });
  }

  /** What was chosen, what it costs, and whether it is complete. */
  retell() {
    const { spec } = this;
    if (!spec) return;
    for (const step of this.pieces('[data-least]')) this.label(step, this.rows(+step.dataset.least));
    if (spec.steps) return;
    const rows = this.rows();
    this.label(this, rows);
    let full = true;
    for (const tally of this.pieces('[data-wanted]')) {
      const { wanted, of, say } = tally.dataset;
      const chosen = rows.reduce((sum, row) => sum + (row.of === of ? row.count : 0), 0);
      tally.textContent = say.replace('[chosen]', chosen);
      full &&= chosen === +wanted;
    }
    this.piece('add').ariaDisabled = !full;
  }

  /** What these cost, and how much less that is. */
  label(root: HTMLElement, rows: Row[]) {
    const { home, coin, shift, sample, sayTotal, saySum } = this.dataset;
    const one = BigInt(coin!);
    const { active = home!, rate = '1' } = window.Shopify?.currency ?? {};
    const less = saving(rows, this.spec!, { active, home: home!, rate, shift: +shift! }) * one;
    const whole = total(rows.map((row) => row.price * BigInt(row.count))) * one;
    this.due = whole - less;
    root.querySelector('[data-part="total"]')!.textContent = whole
      ? (less ? sayTotal! : saySum!).replace('[total]', printed(this.due, sample!)).replace('[saving]', printed(less, sample!)) : '';
  }

  /** − and + of a field. */
  press({ dataset: { by }, parentElement }: HTMLElement) {
    if (!by) return;
    parentElement!.querySelector('input')!.stepUp(+by);
    this.retell();
  }

  /** The product's own form chose another variant: so does its row here. */
  follow({ name, value }: HTMLSelectElement) {
    if (name === 'id') for (const field of this.pieces(`option[value="${+value}"]`)) field.selected = true;
    this.retell();
  }

  /** /cart/add.js adds lines and leaves the cart's discount codes alone. */
  async add(button: HTMLButtonElement | null) {
    const { number, place, sayChoose, sayAdding, sayAdded, sayFailed } = this.dataset;
    if (button?.ariaDisabled === 'true') return this.tell(sayChoose);
    // A kit that is one product is added as that, as long as it costs the same; its parts in the cart cost it in any case.
    const one = this.pieces('[name=id]').find(({ dataset }) => BigInt(dataset.price) === this.due);
    const items = (one ? [{ id: +one.value, count: 1, page: this.piece('page').value }] : this.rows(+(button?.value || 1)).filter((row) => row.count && row.name[0] !== 'h'))
      .map(({ id, count, own = place, page }: any) => ({ id, quantity: count, properties: { _offer: number, _placement: own, _page: page } }));
    this.tell(sayAdding, true);
    let said = sayFailed;
    try {
      const cart = this.querySelector('form')!.action.slice(0, -3);
      const answer = await post(`${cart}add.js`, { items });
      const told = await answer.json();
      if (answer.ok) {
        // An upgrade takes the place of one that is in the cart.
        const replaces = this.spec?.replaces;
        const old = replaces && (await (await post(`${cart}update.js`, {})).json()).items.find((one: any) => replaces.includes(one.product_id));
        if (old) await post(`${cart}change.js`, { id: old.key, quantity: old.quantity - 1 });
        said = sayAdded;
        count('a' + number + place);
        this.piece('cart').hidden = false;
        document.dispatchEvent(new CustomEvent('tandem:cart-changed', { detail: told }));
        // What many themes listen for to draw their cart anew.
        document.documentElement.dispatchEvent(new CustomEvent(REFRESH, { bubbles: true }));
        // 422 carries Shopify's own sentence in the shopper's language, e.g. that one of them is sold out.
      } else if (answer.status === 422) said = told.description || told.message || said;
    } catch {
      // Nothing answered, or not in JSON: it is said that it failed.
    }
    this.tell(said);
  }

  /** `busy`: nothing more can be pressed meanwhile. */
  tell(sentence: string | undefined, busy = false) {
    this.piece('status').textContent = sentence;
    for (const button of this.pieces('[type=submit]')) button.disabled = busy;
  }
}

/** What the cart still lacks for a goal. As an embed it moves into the theme's drawer. */
class Goal extends HTMLElement {
  connectedCallback() {
    const { into } = this.dataset;
    const home = into && document.querySelector(into);
    if (!home) return;
    if (!home.contains(this)) home.append(this);
    this.hidden = false;
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
  meet();
}

if (!customElements.get('tandem-offer')) {
  customElements.define('tandem-offer', Offer);
  customElements.define('tandem-goal', Goal);
  meet();
  if (document.querySelector('tandem-goal')) document.addEventListener(REFRESH, () => redraw().catch(() => {}));
}
