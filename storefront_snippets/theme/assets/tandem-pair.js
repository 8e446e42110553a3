// "Bought together": Liquid draws the pair and a form that works by itself; with this script the page stays.
(() => {
  'use strict';
  if (customElements.get('tandem-pair')) return;

  class TandemPair extends HTMLElement {
    connectedCallback() {
      this.addEventListener('submit', (event) => {
        event.preventDefault();
        this.add();
      });
    }

    /** @param {string} name @returns {any} */
    piece(name) {
      return this.querySelector(`[data-part="${name}"]`);
    }

    async add() {
      this.piece('add').disabled = true;
      this.tell(this.dataset.sayAdding);
      try {
        await this.put();
        this.tell(this.dataset.sayAdded);
        this.piece('cart').hidden = false;
      } catch (error) {
        this.tell((error instanceof Error && error.message) || this.dataset.sayFailed);
      }
      this.piece('add').disabled = false;
    }

    /** /cart/add.js adds lines and leaves the cart's discount codes alone. */
    async put() {
      const items = (this.dataset.variants ?? '').split(' ').map((id) => ({ id: Number(id), quantity: 1 }));
      const answer = await fetch(`${this.querySelector('form')?.action}.js`, {
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

    /** @param {string | undefined} sentence */
    tell(sentence) {
      this.piece('status').textContent = sentence;
    }
  }

  customElements.define('tandem-pair', TandemPair);
})();
