// Keeps the visit that a friend's link began (a first-party cookie and a cart attribute, neither before consent) and greets who came.
// The visit itself is a token signed by the app; this script only carries it.
(() => {
  'use strict';

  const NAME = 'tandem_visit';
  const GREETING = 'tandem_greeting';
  const TOKEN = /^[\w.~-]{10,600}$/;
  const CODE = /^[\w-]{3,40}$/;
  const root = window.Shopify?.routes?.root ?? '/';
  const bar = document.getElementById('tandem-bar');
  const own = document.currentScript?.dataset ?? {};
  const arrived = new URLSearchParams(location.search).get(NAME) ?? '';

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
      body: JSON.stringify({ attributes: { [`_${NAME}`]: token } }),
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
    store(token, (Number(own.days) || 30) * 86400);
    tidyAddress();
    await Promise.all([mark(token), greetFully(token)]);
  }

  async function forget() {
    const wasMarked = sessionStorage.getItem(NAME);
    store('', 0);
    sessionStorage.removeItem(NAME);
    sessionStorage.removeItem(GREETING);
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

  /** @param {string} name @returns {any} */
  const piece = (name) => bar?.querySelector(`[data-part="${name}"]`);

  /** The theme's own text and background colour, the other way round. @param {HTMLElement} element */
  function wear(element) {
    const papers = [document.body, document.documentElement].map((one) => getComputedStyle(one).backgroundColor);
    element.style.setProperty('--ink', getComputedStyle(document.body).color);
    element.style.setProperty('--paper', papers.find((colour) => !/(, 0\)|^transparent)$/.test(colour)) ?? '#fff');
  }

  /** @param {string} words who sent them and what they get, if we know @param {string} code @param {boolean} applied */
  function greet(words, code, applied) {
    if (!bar) return;
    wear(bar);
    const sentence = code && (applied ? bar.dataset.sayCode : bar.dataset.sayReady)?.replace('[code]', code);
    bar.hidden = false;
    piece('words').textContent = [words, sentence].filter(Boolean).join(' ');
    piece('apply').hidden = applied || !code;
    piece('apply').href = `${root}discount/${code}?redirect=${encodeURIComponent(location.pathname + location.search)}`;
  }

  /** With consent the app says, once a browser session, who sent them. Later pages only remind of a code that is not in force. @param {string} token */
  async function greetFully(token) {
    if (!bar) return;
    let kept = sessionStorage.getItem(GREETING);
    if (kept === null) {
      const answer = await fetch(`${bar.dataset.source}&visit=${token}`);
      kept = answer.ok ? await answer.text() : '{}';
      sessionStorage.setItem(GREETING, kept);
    }
    const { words = '', code = '' } = JSON.parse(kept);
    const applied = cookie('discount_code') === code;
    if (arrived ? words : code && !applied) greet(words, CODE.test(code) ? code : '', applied);
  }

  piece('close')?.addEventListener('click', () => {
    if (bar) bar.hidden = true;
    if (allowed()) sessionStorage.setItem(GREETING, '{}');
  });

  const token = TOKEN.test(arrived) ? arrived : cookie(NAME);
  if (!TOKEN.test(token)) return;
  const code = cookie('discount_code'); // Shopify's own; it tells that the friend's code is in force
  if (arrived && CODE.test(code)) greet('', code, true);
  document.addEventListener('visitorConsentCollected', () => decide(token));
  whenPrivacyIsKnown(() => decide(token));
})();
