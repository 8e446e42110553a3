// The blocks of a customer who is logged in. Liquid draws everything and reserves the space; this script fetches, fills in and shares.
// Before consent it asks only when the shopper does.
(() => {
  if (customElements.get('tandem-share')) return;

  const TRIES = 6;

  /** @param {number} seconds */
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  /** Shopify's own consent script says whether we may ask by ourselves. @param {(may?: boolean) => void} then */
  function mayAsk(then) {
    const look = () => {
      const privacy = window.Shopify?.customerPrivacy;
      then(privacy?.marketingAllowed() && privacy.analyticsProcessingAllowed());
    };
    if (window.Shopify?.customerPrivacy || !window.Shopify?.loadFeatures) look();
    else window.Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], look);
  }

  class Mine extends HTMLElement {
    connectedCallback() {
      this.addEventListener('click', (event) => {
        const part = event.target instanceof Element && event.target.closest('button')?.dataset.part;
        if (part === 'again') this.load();
        else if (part) this.act(part);
      });
      this.addEventListener('submit', (event) => this.mail(event));
      if (!this.dataset.source) return;
      mayAsk((may) => {
        if (may) this.load();
        else this.piece('again').hidden = false;
      });
    }

    /** @param {string} name @returns {any} */
    piece(name) {
      return this.querySelector(`[data-part="${name}"]`);
    }

    /** Each sentence of the answer stands where its name is. @param {ParentNode} root @param {object} told */
    fill(root, told) {
      for (const [name, text] of Object.entries(told)) {
        const piece = root.querySelector(`[data-part="${name}"]`);
        if (piece && typeof text === 'string') piece.textContent = text;
      }
    }

    /** @param {string} key @param {string} [part] */
    tell(key, part = 'status') {
      this.piece(part).textContent = this.say(key);
    }

    /** @param {string} key a data-say-* attribute of this element, so that every word comes from the locale files */
    say(key) {
      return this.getAttribute(`data-say-${key}`) ?? '';
    }

    async load() {
      this.tell('loading');
      this.piece('again').hidden = true;
      this.piece('panel').setAttribute('aria-busy', 'true');
      try {
        const told = await this.ask();
        const lack = this.show(told);
        if (lack) this.tell(lack);
        else this.reveal();
      } catch {
        this.tell('failed');
        this.tell('again', 'again');
        this.piece('again').hidden = false;
      }
      this.piece('panel').removeAttribute('aria-busy');
    }

    /** Waits politely while the order that makes the shopper an advocate is still on its way. @returns {Promise<any>} */
    async ask() {
      for (let tried = 1; ; tried += 1) {
        const answer = await fetch(this.dataset.source ?? '');
        if (!answer.ok) throw new Error(String(answer.status));
        const told = await answer.json();
        if (told.state !== 'waiting' || tried === TRIES) return told;
        await pause(Math.min(30, (told.retry_after || 2) * 2 ** (tried - 1)));
      }
    }

    reveal() {
      this.piece('front').remove();
      this.piece('panel').classList.remove('tandem-quiet');
      this.piece('panel').inert = false;
    }

    /** Fills the panel in; else says which sentence stands in its place. @param {any} _told @returns {string} */
    show(_told) {
      return 'none';
    }

    /** @param {string} _part the button that was pressed */
    act(_part) {}

    /** The e-mail form works without this script too; with it the page stays, unless the app has something to say. @param {any} event */
    async mail(event) {
      const form = event.target;
      event.preventDefault();
      this.tell('sending');
      try {
        const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(/** @type {any} */ (new FormData(form))), headers: { Accept: 'application/json' } });
        if (answer.ok) this.tell('sent');
        else form.submit();
      } catch {
        this.tell('failed');
      }
    }
  }

  class TandemShare extends Mine {
    /** @param {any} told what share.json answers */
    show(told) {
      if (!told.link) return told.state === 'waiting' ? 'waiting' : 'none';
      this.share = told;
      this.fill(this, told);
      this.piece('link').value = told.link;
      this.piece('rules').href = told.terms_url;
      this.piece('qr').src = told.qr;
      for (const [channel, address] of Object.entries(told.urls)) this.piece(channel).href = address;
      this.piece('name').checked = told.name?.shown;
      this.piece('naming').style.visibility = told.name ? '' : 'hidden';
      this.piece('name').addEventListener('change', () => this.name());
      return '';
    }

    /** @param {string} part */
    act(part) {
      if (part === 'native' && 'share' in navigator) this.send();
      else this.copy();
    }

    async copy() {
      try {
        await navigator.clipboard.writeText(this.piece('link').value);
        this.tell('copied', 'said');
      } catch {
        this.piece('link').select();
        this.tell('copy-yourself', 'said');
      }
    }

    async send() {
      try {
        await navigator.share({ text: this.share?.texts.native });
        this.tell('thanks', 'said');
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError')) this.copy();
      }
    }

    /** Whether friends may read the first name. */
    async name() {
      const box = this.piece('name');
      const answer = await fetch('/apps/tandem/name', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ shown: box.checked }) }).catch(() => null);
      if (!answer?.ok) box.checked = !box.checked;
      this.tell(!answer?.ok ? 'failed' : box.checked ? 'named' : 'unnamed', 'said');
    }
  }

  class TandemRewards extends Mine {
    /** @param {any} told what rewards.json answers */
    show({ balance, rewards, goal }) {
      if (!rewards.length && !goal) return 'none';
      const sum = balance.map((/** @type {any} */ one) => one.display).join(' + ');
      this.piece('balance').textContent = sum ? this.say('balance').replace('[amount]', sum) : this.say(rewards.length ? 'no-balance' : 'none');
      this.fill(this, goal ?? {});
      this.piece('goal').hidden = !goal;
      this.piece('near').hidden = !goal?.target;
      this.piece('near').max = goal?.target ?? 1;
      this.piece('near').value = goal?.counted ?? 0;
      for (const reward of rewards) {
        const row = this.piece('row').content.cloneNode(true);
        this.fill(row, reward);
        this.piece('list').append(row);
      }
      return '';
    }
  }

  customElements.define('tandem-share', TandemShare);
  customElements.define('tandem-rewards', TandemRewards);
})();
