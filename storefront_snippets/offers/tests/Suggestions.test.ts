import { cleanup, fireEvent, render, waitFor } from '@testing-library/preact';
import { h } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askOffers, minor, type Suggestion } from '../src/app';
import type { Host, Line } from '../src/host';
import { Suggestions } from '../src/Suggestions';

const LINES: Line[] = [{ quantity: 1, merchandise: { id: 'gid://shopify/ProductVariant/111', product: { id: 'gid://shopify/Product/11' } } }];
const SPEC = { kind: 'kit', parts: [{ count: 1, gain: [1, 1500, 0, {}] }, { count: 2, gain: [1, 1500, 0, {}] }] };
const ANSWER = {
  currency: 'GBP',
  offers: [{
    number: 4, spec: SPEC, had: [{ product: '11', count: 1, part: 0, cap: 10000 }],
    missing: { product: '12', count: 2, part: 1, cap: 10000, variant: '121', handle: 'tray' },
  }],
};
const variant = (id: number, amount: string, more = {}) => ({
  id: `gid://shopify/ProductVariant/${id}`, title: 'Default', availableForSale: true, price: { amount, currencyCode: 'GBP' }, image: null,
  product: { title: id === 121 ? 'Tray' : 'Mug' }, ...more,
});
let asked: unknown[];
let told: object | number;
let nodes: unknown[];
const host: Host = {
  sessionToken: { get: async () => 'token' },
  i18n: { translate: (key, values) => `${key} ${Object.values(values ?? {}).join()}`.trim(), formatCurrency: (amount) => `£${amount.toFixed(2)}` },
  lines: { value: LINES },
  shop: { storefrontUrl: 'https://north.example' },
  query: async <Data>() => ({ data: { nodes } as Data }),
};

beforeEach(() => {
  asked = [];
  told = ANSWER;
  nodes = [variant(121, '12.0'), variant(111, '42.0')];
  vi.stubGlobal('fetch', async (_address: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)));
    return typeof told === 'number' ? new Response('{}', { status: told }) : new Response(JSON.stringify(told));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('what completes the set, with the saving that the checkout will work out', async () => {
  const [one] = await askOffers(host, LINES);
  expect(asked).toEqual([{ held: [{ product: 'gid://shopify/Product/11', quantity: 1 }] }]);
  expect(one).toMatchObject({ number: 4, title: 'Tray', count: 2, price: '£12.00', saved: '£9.90', variant: 'gid://shopify/ProductVariant/121' });
});

test.each([
  ['is sold out', () => { nodes = [variant(121, '12.0', { availableForSale: false }), variant(111, '42.0')]; }],
  ['is not published', () => { nodes = [null, variant(111, '42.0')]; }],
  ['is not missing', () => { told = { currency: 'GBP', offers: [] }; }],
])('nothing is shown of what %s', async (_why, change) => {
  change();
  expect(await askOffers(host, LINES)).toEqual([]);
});

test('an amount in a currency that is not the shop’s is left to the checkout', async () => {
  const gain = [2, 0, 500, { USD: 123 }];
  told = { ...ANSWER, offers: [{ ...ANSWER.offers[0], spec: { kind: 'kit', parts: [{ count: 1 }, { count: 2, gain }] } }] };
  const euros = { price: { amount: '12.0', currencyCode: 'EUR' } };
  nodes = [variant(121, '12.0', euros), variant(111, '42.0', euros)];
  expect((await askOffers(host, LINES))[0]?.saved).toBe('');
  const dollars = { price: { amount: '12.0', currencyCode: 'USD' } };
  nodes = [variant(121, '12.0', dollars), variant(111, '42.0', dollars)];
  expect((await askOffers(host, LINES))[0]?.saved).toBe('£2.46');
});

test('one press adds it; a refusal is said', async () => {
  const add = vi.fn<(one: Suggestion) => Promise<boolean>>(async () => false);
  const { container } = render(h(Suggestions, { host, lines: LINES, heading: 'goes_with', add }));
  await waitFor(() => expect(container.querySelector('s-button')).not.toBeNull());
  expect([container.textContent, add.mock.calls.length]).toEqual(['Tray × 2£12.00saved £9.90add', 0]);
  fireEvent.click(container.querySelector('s-button')!);
  await waitFor(() => expect(container.textContent).toContain('failed'));
  expect(add.mock.calls[0]?.[0]).toMatchObject({ number: 4, count: 2 });
});

test('after the purchase it is a link; where we cannot be reached nothing is in the way', async () => {
  const { container, rerender } = render(h(Suggestions, { host, lines: LINES, heading: 'goes_with_order' }));
  await waitFor(() => expect(container.querySelector('s-link')?.getAttribute('href')).toBe('https://north.example/products/tray?variant=121'));
  told = 500;
  rerender(h(Suggestions, { host, lines: [{ ...LINES[0]!, quantity: 2 }], heading: 'goes_with_order' }));
  await waitFor(() => expect(container.textContent).toBe(''));
});

test.each([['12.5', 2, 1250n], ['1200', 0, 1200n], ['1.234', 3, 1234n], ['0.05', 2, 5n], ['7.0', 0, 7n]])('%s with %i digits', (text, digits, minorUnits) => {
  expect(minor(text, digits)).toBe(minorUnits);
});
