import { cleanup, fireEvent, render, waitFor } from '@testing-library/preact';
import { h } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askOffers, minor, type Suggestion } from '../src/app';
import { money, type Host, type Line } from '../src/host';
import { Suggestions } from '../src/Suggestions';

const LINES: Line[] = [{ id: 'gid://shopify/CartLine/1', quantity: 1, merchandise: { id: 'gid://shopify/ProductVariant/111', product: { id: 'gid://shopify/Product/11' } } }];
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
let kept: Record<string, unknown>;
const host: Host = {
  sessionToken: { get: async () => 'token' },
  i18n: { translate: (key, values) => `${key} ${Object.values(values ?? {}).join()}`.trim(), formatCurrency: (amount) => `£${amount.toFixed(2)}` },
  lines: { value: LINES },
  attributes: { value: [] },
  checkoutToken: { value: 'checkout-1' },
  storage: { read: async (key) => kept[key] ?? null, write: async (key, data) => { kept[key] = data; } },
  shop: { storefrontUrl: 'https://north.example' },
  query: async <Data>() => ({ data: { nodes } as Data }),
};

beforeEach(() => {
  [asked, kept] = [[], {}];
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

test.each<[string, unknown[], string]>([
  ['is charged by what takes more', [[0, { steps: [[3, [1, 2000, 0, {}]]], keys: ['7.0'] }]], '£13.20'],
  ['is what comes on top of what the cart saves already', [[0], [{ steps: [[1, [1, 1000, 0, {}]]], keys: ['7.0'] }]], '£11.31'],
  ['is nothing where the cart saves as much without it', [[{ steps: [[1, [2, 0, 4200, {}]]], keys: ['8.0'] }]], ''],
  ['is not told where another’s amount is in another currency', [[0, { steps: [[1, [2, 0, 100, {}]]], keys: ['7.0'] }]], ''],
])('the saving %s', async (why, rounds, saved) => {
  const [{ had: [had], missing }] = ANSWER.offers as [(typeof ANSWER.offers)[0]];
  told = { currency: why.includes('currency') ? 'USD' : 'GBP', offers: [{
    ...ANSWER.offers[0], spec: { ...SPEC, rounds }, had: [{ ...had, keys: '7.0 8.0' }], missing: { ...missing, keys: '7.0' } }] };
  expect((await askOffers(host, LINES))[0]!.saved).toBe(saved);
});

test.each([
  ['ar', '\u200f42.00\u00a0\u2066UK£\u2069', 42, 'GBP'], ['ar', '\u200f1,234.00\u00a0\u2066CHF\u2069', 1234, 'CHF'], ['ar', '\u200f9.00\u00a0€', 9, 'EUR'],
  ['en-GB', '£42.00', 42, 'GBP'], ['fr', '42,00\u00a0£GB', 42, 'GBP'],
])('amounts stay whole between letters of %s', (locale, written, amount, currency) => {
  const formatCurrency: Host['i18n']['formatCurrency'] = (number, options) => new Intl.NumberFormat(locale, { style: 'currency', ...options }).format(number);
  expect(money({ ...host, i18n: { ...host.i18n, formatCurrency } }, amount, currency)).toBe(written);
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
  const { container } = render(h(Suggestions, { host, lines: LINES, heading: 'goes_with', place: 'checkout', add }));
  await waitFor(() => expect(container.querySelector('s-button')).not.toBeNull());
  expect([container.textContent, add.mock.calls.length]).toEqual(['Tray × 2£12.00saved £9.90add', 0]);
  fireEvent.click(container.querySelector('s-button')!);
  await waitFor(() => expect(container.textContent).toContain('failed'));
  expect(add.mock.calls[0]?.[0]).toMatchObject({ number: 4, count: 2 });
});

test('after the purchase it is a link; where we cannot be reached nothing is in the way', async () => {
  const { container, rerender } = render(h(Suggestions, { host, lines: LINES, heading: 'goes_with_order', place: 'thank_you' }));
  await waitFor(() => expect(container.querySelector('s-link')?.getAttribute('href')).toBe('https://north.example/products/tray?variant=121'));
  told = 500;
  rerender(h(Suggestions, { host, lines: [{ ...LINES[0]!, quantity: 2 }], heading: 'goes_with_order', place: 'thank_you' }));
  await waitFor(() => expect(container.textContent).toBe(''));
});

test('an upgrade says whose place it takes, and is asked for only where a line may leave', async () => {
  const gain = [1, 1000, 0, {}];
  told = { ...ANSWER, offers: [{ number: 6, spec: { kind: 'upgrade', parts: [{ count: 1, gain }] }, replaces: '11', had: [],
    missing: { ...ANSWER.offers[0]!.missing, count: 1, part: 0 } }] };
  const [one] = await askOffers(host, LINES, true);
  expect(asked.at(-1)).toEqual({ held: [{ product: 'gid://shopify/Product/11', quantity: 1 }], swap: true });
  expect(one).toMatchObject({ title: 'Tray', saved: '£1.20', instead: { id: 'gid://shopify/CartLine/1', quantity: 1, title: 'Mug' } });
});

test.each([['12.5', 2, 1250n], ['1200', 0, 1200n], ['1.234', 3, 1234n], ['0.05', 2, 5n], ['7.0', 0, 7n]])('%s with %i digits', (text, digits, minorUnits) => {
  expect(minor(text, digits)).toBe(minorUnits);
});

test('what was shown and added is told once the shopper agrees to be counted, and not before', async () => {
  const add = vi.fn(async () => true);
  const said = () => asked.filter((body) => 'marks' in (body as object));
  const { container } = render(h(Suggestions, { host, lines: LINES, heading: 'goes_with', place: 'checkout', add }));
  await waitFor(() => expect(container.textContent).toContain('Tray'));
  expect(said()).toEqual([]);
  const open = { ...host, customerPrivacy: { value: { allowedProcessing: { analytics: true } } } };
  cleanup();
  const page = render(h(Suggestions, { host: open, lines: LINES, heading: 'goes_with', place: 'checkout', add }));
  await waitFor(() => expect(said()).toEqual([{ marks: 's4checkout' }]));
  fireEvent.click(page.container.querySelector('s-button')!);
  await waitFor(() => expect(said()).toEqual([{ marks: 's4checkout' }, { marks: 'a4checkout' }]));
});

// -- who is held out ---------------------------------------------------------------------------------------------------

const open = (more: Partial<Host> = {}): Host => ({ ...host, customerPrivacy: { value: { allowedProcessing: { analytics: true } } }, ...more });
const armed = (held: boolean, first = true) => ({ ...ANSWER, offers: [{ ...ANSWER.offers[0], arm: { held, name: '0123456789abcdefbob-1', first } }] });
const marks = () => asked.flatMap((body) => ('marks' in (body as object) ? [(body as { marks: string }).marks] : []));
const draw = (page: Host, place: string, more = {}) => render(h(Suggestions, { host: page, lines: LINES, heading: 'goes_with', place, ...more }));

test('who a buyer is, is told once they agree to be counted: of their attributes ours alone', async () => {
  const page = open({ attributes: { value: [{ key: '_tandem_arm4', value: 'x' }, { key: 'gift note', value: 'Bob' }] } });
  await askOffers(page, LINES, false, true);
  await askOffers(host, LINES, false, true);
  expect(asked).toEqual([
    { held: [{ product: 'gid://shopify/Product/11', quantity: 1 }], buyer: { attributes: { _tandem_arm4: 'x' }, unit: 'checkout-1', writes: true } },
    { held: [{ product: 'gid://shopify/Product/11', quantity: 1 }] }]);
});

test('held out is not shown, and is counted as such', async () => {
  told = armed(true);
  const { container } = draw(open(), 'checkout', { write: async () => true });
  await waitFor(() => expect(marks()).toEqual(['hn4checkout']));
  expect(container.textContent).toBe('');
});

test('in the checkout the cart says who met it, so that the order will; once, also where the page is loaded anew', async () => {
  told = armed(false);
  const write = vi.fn(async () => true);
  const { container } = draw(open(), 'checkout', { write });
  await waitFor(() => expect(marks()).toEqual(['sn4checkout']));
  expect([container.textContent, write.mock.calls]).toEqual(['Tray × 2£12.00see', [['_tandem_arm4', '0123456789abcdefbob-1']]]);
  cleanup();
  draw(open(), 'checkout', { write });
  await waitFor(() => expect(marks()).toEqual(['sn4checkout', 's4checkout']));
  expect(write).toHaveBeenCalledTimes(1);
});

test.each([['the cart cannot be written', true, async () => false], ['they had met it', false, async () => true], ['they had, and the order is placed', false, undefined]])(
  'no new visitor where %s', async (_why, first, write) => {
    told = armed(false, first);
    draw(open(), 'checkout', write && { write });
    await waitFor(() => expect(marks()).toEqual(['s4checkout']));
  });

test('after the order they count where they are known', async () => {
  told = armed(true);
  draw(open(), 'thank_you');
  await waitFor(() => expect(marks()).toEqual(['hn4thank_you']));
});
