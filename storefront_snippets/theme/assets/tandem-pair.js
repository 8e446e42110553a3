// The "bought together" block: shows the pair that the merchant made and puts both into the cart with one tap.
(() => {
  'use strict';
  if (customElements.get('tandem-pair')) return;

  const root = window.Shopify?.routes?.root ?? '/';

  /**
   * @typedef {{ amount: number, display: string }} Price
   * @typedef {{ product_id: string, variant_id: string, title: string, url: string, image: string | null, price: Price, compare_at: Price | null }} Half
   * @typedef {{ first: Half, second: Half, discount_bp: number, saving: Price, total: Price, currency: string }} Pair
   */

  /** Amounts come in the shop's currency; a shopper who sees another one is shown the rate instead of a wrong number. @param {Pair} pair */
  const pricesAreTrue = (pair) => (window.Shopify?.currency?.active ?? pair.currency) === pair.currency;

  class TandemPair extends HTMLElement {
    connectedCallback() {
      this.piece('add').addEventListener('click', () => this.add());
      this.load();
    }

    /** @param {string} name @returns {any} */
    piece(name) {
      return this.querySelector(`[data-part="${name}"]`);
    }

    /** @param {string} key @param {Record<string, string>} values */
    text(key, values = {}) {
      const said = this.getAttribute(`data-say-${key}`) ?? '';
      return said.replace(/\[(\w+)\]/g, (_, name) => values[name] ?? '');
    }

    async load() {
      try {
        const answer = await fetch(this.dataset.source ?? '', { headers: { Accept: 'application/json' } });
        const { pair } = answer.ok ? await answer.json() : { pair: null };
        if (pair) this.show(pair);
      } catch {
        this.hidden = true; // the page is whole without a pair
      }
    }

    /** @param {Pair} pair */
    show(pair) {
      this.pair = pair;
      const shown = pricesAreTrue(pair);
      const { price } = pair.second;
      this.fill('first', pair.first, shown);
      // What the second costs in the pair, beside what it costs alone: the cart will say the same two numbers.
      this.fill('second', { ...pair.second, compare_at: price, price: { ...price, amount: price.amount - pair.saving.amount } }, shown);
      const rate = new Intl.NumberFormat(document.documentElement.lang || 'en', { style: 'percent', maximumFractionDigits: 2 }).format(pair.discount_bp / 10000);
      this.piece('offer').textContent = this.text('offer', { rate, title: pair.second.title });
      this.piece('total').textContent = shown ? this.text('total', { total: this.money(pair.total), saving: this.money(pair.saving) }) : '';
      this.hidden = false;
    }

    /** @param {'first' | 'second'} which @param {Half} half @param {boolean} shown */
    fill(which, half, shown) {
      const link = this.piece(`${which}-link`);
      link.href = new URL(half.url, location.origin).protocol.startsWith('http') ? half.url : root;
      link.textContent = half.title;
      if (half.image) this.piece(`${which}-image`).src = half.image;
      this.piece(`${which}-price`).textContent = shown ? this.money(half.price) : '';
      const before = this.piece(`${which}-before`);
      before.textContent = shown && half.compare_at ? this.money(half.compare_at) : '';
      before.hidden = !before.textContent;
    }

    /** As the theme prints it, so that one page does not write one price in two ways. @param {Price} price in minor units */
    money({ amount }) {
      const pattern = this.dataset.money || '{{amount}}';
      const digits = new Intl.NumberFormat('en', { style: 'currency', currency: this.pair?.currency }).resolvedOptions().maximumFractionDigits ?? 2;
      return pattern.replace(/\{\{\s*(\w+)\s*\}\}/, (_, name) => {
        const places = name.includes('no_decimals') ? 0 : 2;
        const plain = new Intl.NumberFormat('en', { minimumFractionDigits: places, maximumFractionDigits: places }).format(amount / 10 ** digits);
        if (name.includes('comma_separator')) return plain.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'));
        return name.includes('apostrophe') ? plain.replace(/,/g, "'") : name.includes('space') ? plain.replace(/,/g, '\u00a0') : plain;
      });
    }

    async add() {
      const pair = this.pair;
      if (!pair) return;
      const button = this.piece('add');
      button.disabled = true;
      this.say(this.text('adding'));
      try {
        await this.put([pair.first.variant_id, pair.second.variant_id]);
        this.say(this.text('added'));
        this.piece('cart').hidden = false;
      } catch (error) {
        this.say(error instanceof Error && error.message ? error.message : this.text('failed'));
      }
      button.disabled = false;
    }

    /** /cart/add.js adds lines and leaves the cart's discount codes alone. @param {string[]} variants */
    async put(variants) {
      const items = variants.map((id) => ({ id: Number(id), quantity: 1 }));
      const answer = await fetch(`${root}cart/add.js`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ items }),
      });
      const told = await answer.json().catch(() => ({}));
      // 422 carries Shopify's own sentence in the shopper's language, e.g. that one of them is sold out.
      if (!answer.ok) throw new Error(answer.status === 422 ? told.description || told.message : '');
      document.dispatchEvent(new CustomEvent('tandem:cart-changed', { detail: told }));
      // What many themes listen for to draw their cart anew.
      document.documentElement.dispatchEvent(new CustomEvent('cart:refresh', { bubbles: true }));
    }

    /** @param {string} sentence */
    say(sentence) {
      this.piece('status').textContent = sentence;
    }
  }

  customElements.define('tandem-pair', TandemPair);
})();
