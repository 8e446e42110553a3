import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const SOURCE = readFileSync('storefront_snippets/theme/assets/tandem-embed.js', 'utf8');
const TOKEN = 'eyJ2IjoxfQ.abc-DEF_123.signature';
let consent;
let requests;

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
const cookie = () => document.cookie.split('; ').find((part) => part.startsWith('tandem_visit='));

beforeEach(() => {
  consent = true;
  requests = [];
  vi.stubGlobal('fetch', async (address, init) => {
    requests.push({ address, body: JSON.parse(init.body) });
    return new Response('{}');
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

test('who comes from the landing page reads that the code is in force, and can close that', async () => {
  document.cookie = 'discount_code=J9EZ8X7EZ38T; Path=/';
  Object.defineProperty(document, 'currentScript', { configurable: true, value: { dataset: { sayCode: 'Code [code]', sayClose: 'Close' } } });
  open(`/?tandem_visit=${TOKEN}`);
  delete document.currentScript;
  expect(document.querySelector('[role=status]').textContent).toBe('Code J9EZ8X7EZ38T');
  document.querySelector('[aria-label=Close]').click();
  expect(document.querySelector('[role=status]')).toBeNull();
  document.cookie = 'discount_code=; Path=/; Max-Age=0';
});
