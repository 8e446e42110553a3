import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const SOURCE = readFileSync('storefront_snippets/theme/assets/tandem-friends.js', 'utf8');
const TOKEN = 'eyJ2IjoxfQ.abc-DEF_123.signature';
let consent;
let requests;
let greeting;

/** Runs the embed as a page would that was opened at `address`. */
function open(address, shopify = { customerPrivacy: { marketingAllowed: () => consent, analyticsProcessingAllowed: () => consent } }) {
  history.replaceState(null, '', address);
  window.Shopify = shopify;
  const forget = vi.spyOn(document, 'addEventListener');
  new Function(SOURCE)();
  const listener = forget.mock.calls.find(([type]) => type === 'visitorConsentCollected')?.[1];
  forget.mockRestore();
  return { decided: async () => { listener?.(new Event('visitorConsentCollected')); await settle(); } };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const greetings = () => requests.filter(({ body }) => !body).map(({ address }) => address);
const cookie = () => document.cookie.split('; ').find((part) => part.startsWith('tandem_visit='));

beforeEach(() => {
  consent = true;
  requests = [];
  vi.stubGlobal('fetch', async (address, init) => {
    requests.push(init ? { address, body: JSON.parse(init.body) } : { address });
    return new Response(JSON.stringify(init ? {} : greeting));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
  document.cookie = 'tandem_visit=; Path=/; Max-Age=0';
});

test('with consent the visit goes into cookie and cart, and out of the address', async () => {
  open(`/products/x?colour=red&tandem_visit=${TOKEN}`);
  await settle();
  expect(cookie()).toBe(`tandem_visit=${TOKEN}`);
  expect(requests).toEqual([{ address: '/cart/update.js', body: { attributes: { _tandem_visit: TOKEN } } }]);
  expect(location.search).toBe('?colour=red');
});

test('without consent nothing is stored and nothing is asked', async () => {
  consent = false;
  open(`/?tandem_visit=${TOKEN}`);
  await settle();
  expect(cookie()).toBeUndefined();
  expect(sessionStorage.length).toBe(0);
  expect(requests).toEqual([]);
});

const PROOF = `5;202612312359;${'0a'.repeat(32)}`;

test('who asked for an offer has the proof in the cart without any consent, since it names nobody; nothing else is kept', async () => {
  consent = false;
  open(`/products/x?tandem_visit=${TOKEN}&tandem_offer=${encodeURIComponent(PROOF)}`);
  await settle();
  expect(requests).toEqual([{ address: '/cart/update.js', body: { attributes: { _tandem_offer: PROOF } } }]);
  expect(new URLSearchParams(location.search).has('tandem_offer')).toBe(false);
  expect(sessionStorage.length).toBe(0);
  expect(document.cookie).toBe('');
});

test.each(['', 'nonsense', '5;1;x', '<script>'])('what is no proof (%s) goes nowhere', async (given) => {
  open(`/?tandem_offer=${encodeURIComponent(given)}`);
  await settle();
  expect(requests).toEqual([]);
});

test('two attributes are written one after the other, and both stay', async () => {
  open(`/?tandem_visit=${TOKEN}&tandem_offer=${encodeURIComponent(PROOF)}`);
  await settle();
  expect(requests.map(({ body }) => Object.keys(body.attributes))).toEqual([['_tandem_offer'], ['_tandem_visit']]);
});

test('consent given later on the same page counts', async () => {
  consent = false;
  const page = open(`/?tandem_visit=${TOKEN}`);
  await settle();
  consent = true;
  await page.decided();
  expect(cookie()).toBe(`tandem_visit=${TOKEN}`);
  expect(requests).toHaveLength(1);
});

test('consent taken back removes cookie and attribute', async () => {
  const page = open(`/?tandem_visit=${TOKEN}`);
  await settle();
  consent = false;
  await page.decided();
  expect(cookie()).toBeUndefined();
  expect(requests.at(-1).body).toEqual({ attributes: { _tandem_visit: '' } });
});

test('a later page carries the cookie into the cart once a browser session', async () => {
  open(`/?tandem_visit=${TOKEN}`);
  await settle();
  open('/collections/all');
  await settle();
  expect(requests).toHaveLength(1);
  sessionStorage.clear();
  open('/collections/all');
  await settle();
  expect(requests).toHaveLength(2);
});

test('a page without a visit asks nothing, not even about consent', async () => {
  const loadFeatures = vi.fn();
  open('/', { loadFeatures });
  await settle();
  expect(loadFeatures).not.toHaveBeenCalled();
  expect(requests).toEqual([]);
});

test("Shopify's consent script is loaded where it is missing, and its failure means no", async () => {
  const loadFeatures = vi.fn((_features, then) => then(new Error('blocked')));
  open(`/?tandem_visit=${TOKEN}`, { loadFeatures });
  await settle();
  expect(loadFeatures).toHaveBeenCalledOnce();
  expect(cookie()).toBeUndefined();
});

test.each(['short', 'a'.repeat(700), 'x;y=1;path=/;aaaa', '<script>alert(1)</script>', '%0d%0aSet-Cookie'])('%s is no visit', async (token) => {
  open(`/?tandem_visit=${encodeURIComponent(token)}`);
  await settle();
  expect(cookie()).toBeUndefined();
  expect(requests).toEqual([]);
});

const CODE = 'J9EZ8X7EZ38T';
const said = () => document.querySelector('[role=status]').textContent;
const isShown = () => !document.getElementById('tandem-bar').hidden;

describe('the greeting', () => {
  beforeEach(() => {
    document.body.innerHTML = `<div id="tandem-bar" hidden data-source="/apps/tandem/greeting.json?locale=en" data-say-code="Code [code] is in force." data-say-ready="Code [code] waits.">
      <p role="status" data-part="words"></p><a data-part="apply" hidden>Apply</a><button data-part="close">x</button></div>`;
    document.cookie = `discount_code=${CODE}; Path=/`;
    greeting = { words: 'Ada sent you 10% off.', code: CODE };
  });

  afterEach(() => {
    document.body.innerHTML = '';
    document.cookie = 'discount_code=; Path=/; Max-Age=0';
  });

  test('before consent it says what the browser holds, and asks nobody', async () => {
    consent = false;
    open(`/?tandem_visit=${TOKEN}`);
    await settle();
    expect([isShown(), said(), requests]).toEqual([true, `Code ${CODE} is in force.`, []]);
  });

  test('with consent it says who sent them, in one request a session', async () => {
    open(`/?tandem_visit=${TOKEN}`);
    await settle();
    expect(said()).toBe(`Ada sent you 10% off. Code ${CODE} is in force.`);
    open('/collections/all');
    await settle();
    expect(greetings()).toEqual([`/apps/tandem/greeting.json?locale=en&visit=${TOKEN}`]);
  });

  test('a code that is not in force can be applied with one tap, on later pages too', async () => {
    document.cookie = 'discount_code=; Path=/; Max-Age=0';
    document.cookie = `tandem_visit=${TOKEN}; Path=/`;
    open('/products/mug?colour=red');
    await settle();
    const apply = document.querySelector('[data-part=apply]');
    expect([isShown(), said(), apply.hidden]).toEqual([true, `Ada sent you 10% off. Code ${CODE} waits.`, false]);
    expect(apply.getAttribute('href')).toBe(`/discount/${CODE}?redirect=%2Fproducts%2Fmug%3Fcolour%3Dred`);
  });

  test('later pages stay quiet while the code is in force', async () => {
    document.cookie = `tandem_visit=${TOKEN}; Path=/`;
    open('/products/mug');
    await settle();
    expect(isShown()).toBe(false);
  });

  test('closed is closed for the session', async () => {
    document.cookie = 'discount_code=; Path=/; Max-Age=0';
    document.cookie = `tandem_visit=${TOKEN}; Path=/`;
    open('/');
    await settle();
    document.querySelector('[data-part=close]').click();
    expect(isShown()).toBe(false);
    open('/products/mug');
    await settle();
    expect(isShown()).toBe(false);
  });

  test.each([[{}], [{ words: 'Ada sent you.', code: '"><script>' }], [{ words: '<b>Ada</b>', code: CODE }]])('whatever is answered is text: %j', async (answer) => {
    greeting = answer;
    open(`/?tandem_visit=${TOKEN}`);
    await settle();
    expect(document.querySelector('#tandem-bar b')).toBeNull();
    expect(document.querySelector('[data-part=apply]').getAttribute('href') ?? '').not.toContain('<');
  });

  test('consent taken back forgets the greeting', async () => {
    const page = open(`/?tandem_visit=${TOKEN}`);
    await settle();
    expect(sessionStorage.getItem('tandem_greeting')).not.toBeNull();
    consent = false;
    await page.decided();
    expect(sessionStorage.getItem('tandem_greeting')).toBeNull();
  });
});
