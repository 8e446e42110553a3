// Keeps the visit that a friend's link began: a first-party cookie and a cart attribute, and neither before consent.
// The visit itself is a token signed by the app; this script only carries it.
(() => {
  'use strict';

  const NAME = 'tandem_visit';
  const ATTRIBUTE = '_tandem_visit';
  const TOKEN = /^[\w.~-]{10,600}$/;
  const root = window.Shopify?.routes?.root ?? '/';
  const own = document.currentScript?.dataset ?? {};
  const days = Number(own.days) || 30;

  /** @returns {string} the visit in the address, else the one in the cookie, else '' */
  function visit() {
    const arrived = new URLSearchParams(location.search).get(NAME) ?? '';
    const token = TOKEN.test(arrived) ? arrived : cookie(NAME);
    return TOKEN.test(token) ? token : '';
  }

  /** @param {string} name */
  function cookie(name) {
    const pair = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
    return pair ? pair.slice(name.length + 1) : '';
  }

  /** @param {string} token @param {number} seconds */
  function store(token, seconds) {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `${NAME}=${token}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
  }

  function allowed() {
    const privacy = window.Shopify?.customerPrivacy;
    return Boolean(privacy?.marketingAllowed?.() && privacy.analyticsProcessingAllowed?.());
  }

  /** Once a browser session and visit: /cart/update.js changes the attribute alone, so discounts and lines stay. @param {string} token */
  async function mark(token) {
    if (sessionStorage.getItem(NAME) === token) return;
    const answer = await fetch(`${root}cart/update.js`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ attributes: { [ATTRIBUTE]: token } }),
    });
    if (answer.ok) sessionStorage.setItem(NAME, token);
  }

  /** The token is no longer needed in the address, where it would be shared by copying it. */
  function tidyAddress() {
    const address = new URL(location.href);
    if (!address.searchParams.has(NAME)) return;
    address.searchParams.delete(NAME);
    history.replaceState(history.state, '', address);
  }

  /** @param {string} token */
  async function keep(token) {
    store(token, days * 86400);
    tidyAddress();
    await mark(token);
  }

  async function forget() {
    const wasMarked = sessionStorage.getItem(NAME);
    store('', 0);
    sessionStorage.removeItem(NAME);
    if (wasMarked) await mark('');
  }

  /** @param {string} token what the page arrived with; held in memory alone until the shopper has decided */
  function decide(token) {
    const outcome = allowed() ? keep(token) : forget();
    outcome.catch(() => {}); // the shopper's page must not suffer; the friend's code still tells who sent them
  }

  /** Shopify's own consent script; nothing is known about consent before it is there. @param {() => void} then */
  function whenPrivacyIsKnown(then) {
    if (window.Shopify?.customerPrivacy) return then();
    window.Shopify?.loadFeatures?.([{ name: 'consent-tracking-api', version: '0.1' }], (error) => {
      if (!error) then();
    });
  }

  /** Says once, to who comes from the landing page, that the code is in force: Shopify's own cookie tells which. */
  function greet() {
    const code = cookie('discount_code');
    if (!own.sayCode || !/^[\w-]{3,40}$/.test(code)) return;
    const note = document.createElement('div');
    note.style.cssText = 'position:fixed;inset:.75rem .75rem auto;z-index:90;display:flex;gap:1rem;align-items:center;justify-content:space-between;max-width:32rem;margin:auto;padding:.6rem .6rem .6rem 1rem;border-radius:.6rem;background:#1f1f1f;color:#fff;font-size:1rem;line-height:1.4;box-shadow:0 4px 20px rgb(0 0 0/.3)';
    const text = document.createElement('span');
    text.setAttribute('role', 'status');
    const close = document.createElement('button');
    close.style.cssText = 'flex:none;width:2.75rem;height:2.75rem;border:0;border-radius:.4rem;background:transparent;color:inherit;font:1.5rem/1 sans-serif;cursor:pointer';
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', own.sayClose ?? '');
    close.addEventListener('click', () => note.remove());
    note.append(text, close);
    document.body.append(note);
    text.textContent = own.sayCode.replace('[code]', code);
  }

  const token = visit();
  if (!token) return;
  if (new URLSearchParams(location.search).has(NAME)) greet();
  document.addEventListener('visitorConsentCollected', () => decide(token));
  whenPrivacyIsKnown(() => decide(token));
})();
