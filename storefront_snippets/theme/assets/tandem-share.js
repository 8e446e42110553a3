// The "refer a friend" block. Liquid draws everything; this script fetches the shopper's link, fills it in and shares it.
(() => {
  'use strict';
  if (customElements.get('tandem-share')) return;

  const TRIES = 6;

  /**
   * @typedef {{ state: 'ready', headline: string, friend_gets: string, advocate_gets: string, terms: string, link: string, code: string,
   *   texts: { whatsapp: string, sms: string, email: { subject: string, body: string }, x: string, facebook: string, native: string }, qr: string }} Share
   */

  /** Where each button leads. The shopper sends; nothing is sent from here. @type {Record<string, (share: Share) => string>} */
  const CHANNELS = {
    whatsapp: ({ texts }) => `https://wa.me/?text=${encodeURIComponent(texts.whatsapp)}`,
    sms: ({ texts }) => `sms:?&body=${encodeURIComponent(texts.sms)}`,
    email: ({ texts }) => `mailto:?subject=${encodeURIComponent(texts.email.subject)}&body=${encodeURIComponent(texts.email.body)}`,
    x: ({ texts }) => `https://x.com/intent/post?text=${encodeURIComponent(texts.x)}`,
    facebook: ({ link }) => `https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(link)}`,
  };

  /** @param {number} seconds */
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  class TandemShare extends HTMLElement {
    connectedCallback() {
      this.addEventListener('click', (event) => this.clicked(event));
      this.addEventListener('submit', (event) => this.asked(event));
      if (this.dataset.source) this.load();
    }

    /** @param {string} name @returns {any} */
    piece(name) {
      return this.querySelector(`[data-part="${name}"]`);
    }

    /** @param {string} key a data-say-* attribute of this element, so that every word comes from the locale files */
    tell(key) {
      this.piece('status').textContent = this.getAttribute(`data-say-${key}`) ?? '';
    }

    async load() {
      this.tell('loading');
      this.piece('again').hidden = true;
      try {
        this.show(await this.ask());
      } catch {
        this.tell('failed');
        this.piece('again').hidden = false;
      }
      this.piece('panel')?.setAttribute('aria-busy', 'false');
    }

    /** Waits politely while the order that makes the shopper an advocate is still on its way. @returns {Promise<Share | { state: string }>} */
    async ask() {
      for (let tried = 1; ; tried += 1) {
        const answer = await fetch(this.dataset.source ?? '', { headers: { Accept: 'application/json' } });
        if (!answer.ok) throw new Error(String(answer.status));
        const share = await answer.json();
        if (share.state !== 'waiting' || tried === TRIES) return share;
        await pause(Math.min(30, (share.retry_after || 2) * 2 ** (tried - 1)));
      }
    }

    /** @param {Share | { state: string }} found */
    show(found) {
      if (!('link' in found)) return this.tell(found.state === 'waiting' ? 'waiting' : 'none');
      this.share = found;
      this.piece('headline').textContent = found.headline;
      this.piece('terms').textContent = found.terms;
      this.piece('link').value = found.link;
      this.piece('qr').src = found.qr;
      for (const [channel, address] of Object.entries(CHANNELS)) this.piece(channel).href = address(found);
      this.piece('native').hidden = !navigator.share;
      this.piece('panel').classList.remove('tandem-quiet');
      this.piece('panel').inert = false;
      this.tell('ready');
    }

    /** @param {MouseEvent} event */
    clicked(event) {
      const action = event.target instanceof Element && event.target.closest('button[data-part]')?.getAttribute('data-part');
      if (action === 'copy') this.copy();
      if (action === 'native') this.shareNatively();
      if (action === 'again') this.load();
    }

    async copy() {
      try {
        await navigator.clipboard.writeText(this.piece('link').value);
        this.tell('copied');
      } catch {
        this.piece('link').select();
        this.tell('copy-yourself');
      }
    }

    async shareNatively() {
      const share = this.share;
      if (!share) return;
      try {
        await navigator.share({ text: share.texts.native });
        this.tell('thanks');
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError')) this.tell('copy-yourself');
      }
    }

    /** The e-mail form works without this script too; with it the page stays. @param {SubmitEvent} event */
    async asked(event) {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      event.preventDefault();
      this.tell('sending');
      try {
        const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(/** @type {any} */ (new FormData(form))), headers: { Accept: 'application/json' } });
        this.tell(answer.ok ? 'sent' : answer.status === 429 ? 'too-often' : 'failed');
      } catch {
        this.tell('failed');
      }
    }
  }

  customElements.define('tandem-share', TandemShare);
})();
