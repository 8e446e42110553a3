// Keeps the visit that a friend's link began (a first-party cookie and a cart attribute, neither before consent) and greets who came.
// The visit itself is a token signed by the app; this script only carries it.
(() => {
  const own = document.currentScript?.dataset;
  if (own && !own.days) return; // a block has loaded this file, not the embed

  const NAME = 'tandem_visit';
  const OFFER = 'tandem_offer';
  const GREETING = 'tandem_greeting';
  const TOKEN = /^[\w.~-]{10,600}$/;
  const CODE = /^[\w-]{3,40}$/;
  const PROOF = /^[\d,]{1,120};\d{12};[\da-f]{64}$/;
  const root = window.Shopify?.routes?.root ?? '/';
  const bar = document.getElementById('tandem-bar');
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  const asked = new URLSearchParams(location.search);
  const arrived = asked.get(NAME) ?? '';

  /** @param {string} name */
  function cookie(name) {
    const pair = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
    return pair?.slice(name.length + 1) ?? '';
  }

  /** @param {string} token @param {number} seconds */
  function store(token, seconds) {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `${NAME}=${token}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
  }

  function allowed() {
    const privacy = window.Shopify?.customerPrivacy;
    return privacy?.marketingAllowed() && privacy.analyticsProcessingAllowed();
  }

  /** One after the other. /cart/update.js changes the attribute alone, so discounts and lines stay. @param {string} name @param {string} value */
  function attribute(name, value) {
    return (before = before.catch(() => {}).then(() => update(name, value)));
  }

  /** @param {string} name @param {string} value */
  async function update(name, value) {
    const answer = await fetch(`${root}cart/update.js`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ attributes: { [`_${name}`]: value } }),
    });
    return answer.ok;
  }

  /** Once a browser session and visit. @param {string} token */
  async function mark(token) {
    if (sessionStorage[NAME] !== token && (await attribute(NAME, token))) sessionStorage[NAME] = token;
  }

  /** What is in the cart or a cookie by now is no longer needed in the address, where it would be shared by copying it. @param {string} name */
  function tidyAddress(name) {
    const address = new URL(location.href);
    if (!address.searchParams.has(name)) return;
    address.searchParams.delete(name);
    history.replaceState(history.state, '', address);
  }

  /** The shopper has just asked for an offer: the cart says so, in words that the app signed and that name nobody. @param {string} proof */
  async function claim(proof) {
    if (PROOF.test(proof) && (await attribute(OFFER, proof))) tidyAddress(OFFER);
  }

  /** @param {string} token */
  async function keep(token) {
    store(token, +(own?.days || 30) * 86400);
    tidyAddress(NAME);
    await Promise.all([mark(token), greetFully(token)]);
  }

  async function forget() {
    const wasMarked = sessionStorage[NAME];
    store('', 0);
    delete sessionStorage[NAME];
    delete sessionStorage[GREETING];
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
    let kept = sessionStorage[GREETING];
    if (kept === undefined) {
      const answer = await fetch(`${bar.dataset.source}&visit=${token}`);
      kept = answer.ok ? await answer.text() : '{}';
      sessionStorage[GREETING] = kept;
      if (!claimed) await claim(JSON.parse(kept).offer ?? ''); // they are back with another cart
    }
    const { words = '', code = '' } = JSON.parse(kept);
    const applied = entered === code;
    if (arrived ? words : code && !applied) greet(words, CODE.test(code) ? code : '', applied);
  }

  piece('close')?.addEventListener('click', () => {
    if (bar) bar.hidden = true;
    if (allowed()) sessionStorage[GREETING] = '{}';
  });

  const entered = cookie('discount_code'); // Shopify's own, also while the cart is empty; it tells that the friend's code is in force
  // Who enters a friend's code may be a friend: what is not for friends would not be given at checkout.
  if (entered.length === 12) for (const box of document.querySelectorAll('[data-strangers]')) box.remove();
  const claimed = asked.get(OFFER) ?? '';
  claim(claimed).catch(() => {}); // the shopper's page must not suffer; the friend's code proves the same
  const token = TOKEN.test(arrived) ? arrived : cookie(NAME);
  if (!TOKEN.test(token)) return;
  if (arrived && CODE.test(entered)) greet('', entered, true);
  document.addEventListener('visitorConsentCollected', () => decide(token));
  whenPrivacyIsKnown(() => decide(token));
})();
