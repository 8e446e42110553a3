// @vitest-environment node
import { createRemoteRoot } from '@remote-ui/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { languageOf, shouldRender, type Extra, type RenderInput } from '../src/asking';
import type { Root } from '../src/drawing';
import { show, wrong } from '../src/page';
import { decimal, minor, say } from '../src/words';

type Result = Awaited<ReturnType<RenderInput['calculateChangeset']>>;
const bag = (amount: string) => ({ shopMoney: { amount, currencyCode: 'GBP' }, presentmentMoney: { amount, currencyCode: 'GBP' } });
const extra = (number: number, price: string, more: Partial<Extra> = {}): Extra => ({
  number, title: number === 1 ? 'Bag' : 'Tray', option: '', image: null, variant: 130 + number, count: 1, before: '30.00', price,
  currency: 'GBP', changes: `[{"type":"add_variant","variantId":${130 + number},"quantity":1}]`, ...more,
});
let offers: Extra[] | number;
let asked: [path: string, body: Record<string, unknown>][];
let told: unknown[];
let queries: unknown[];
let names: unknown[] | number;
let charged: Record<number, string>;
let added: Partial<NonNullable<Result['calculatedPurchase']>>;
let applied: { status: 'processed' | 'unprocessed' | 'partially_processed'; errors: { code: string; message: string }[] };
let kept: unknown;
let input: RenderInput;
let done: ReturnType<typeof vi.fn<() => Promise<void>>>;
let changesets: string[];
let root: Root;

beforeEach(() => {
  offers = [extra(1, '27.00'), extra(2, '17.00')];
  [asked, told, names, changesets, charged, added, kept] = [[], [], [], [], { 131: '27.0', 132: '17.00' }, {}, null];
  queries = [];
  applied = { status: 'processed', errors: [] };
  done = vi.fn(async () => {});
  root = createRemoteRoot(() => {}) as unknown as Root;
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body));
    if (address.startsWith('https://north.myshopify.com/api/')) {
      queries.push(body.variables);
      return typeof names === 'number' ? new Response('', { status: names }) : Response.json({ data: { nodes: names } });
    }
    if (address.endsWith('/seen')) {
      told.push(body.marks);
      return new Response(null, { status: 204 });
    }
    asked.push([new URL(address).pathname, body]);
    if (typeof offers === 'number') return new Response('{}', { status: offers });
    return Response.json(address.endsWith('/changeset') ? { changeset: 'signed' } : { offers });
  });
  input = {
    inputData: { token: 'token', locale: 'en', shop: { domain: 'north.myshopify.com' } },
    get storage() { return { initialData: kept, update: async (data: unknown) => { kept = data; } }; },
    calculateChangeset: async ({ changes: [change] }: { changes: [{ variantId: number }] }) => ({
      status: 'processed', errors: [],
      calculatedPurchase: {
        updatedLineItems: [{ variantId: 99, totalPriceSet: bag('5.00') }, { variantId: change.variantId, totalPriceSet: bag(charged[change.variantId]!) }],
        addedShippingLines: [], addedTaxLines: [], totalOutstandingSet: bag(charged[change.variantId]!), ...added,
      },
    }),
    applyChangeset: async (token: string) => { changesets.push(token); return { ...applied, changesetApplicationsRemaining: 2 }; },
    done,
  } as unknown as RenderInput;
});

afterEach(() => vi.unstubAllGlobals());

type Node = { type?: string; text?: string; props?: Record<string, any>; children?: readonly Node[] };
const words = (node: Node = root as Node): string => node.text ?? (node.children ?? []).map(words).filter(Boolean).join(' ');
const all = (type: string, node: Node = root as Node): Node[] =>
  [...(node.type === type ? [node] : []), ...(node.children ?? []).flatMap((one) => all(type, one))];
const press = async (label: string) => {
  await all('Button').find((one) => words(one).startsWith(label))!.props!['onPress']();
  await new Promise((then) => setTimeout(then));
};

test('a page only where there is something to offer; what was found is kept for it', async () => {
  expect(await shouldRender(input as never)).toEqual({ render: true });
  expect(asked).toEqual([['/extension/afterwards', { token: 'token' }]]);
  await show(root, input);
  expect([asked.length, done.mock.calls.length]).toEqual([1, 0]);
});

test.each([['nothing fits', []], ['we fail', 500]])('no page where %s', async (_why, told) => {
  offers = told;
  expect(await shouldRender(input as never)).toEqual({ render: false });
});

test('what is seen: a real price, all of what is charged, and one press to decline', async () => {
  added = { addedTaxLines: [{ priceSet: bag('5.40'), rate: 0.2, title: 'VAT' }], totalOutstandingSet: bag('32.40') };
  await show(root, input);
  expect(words()).toBe('Add it to your order It is sent with your order, and you pay for it as you have just paid. Your order itself stays as it is. ' +
    'Bag Usual price:  £30.00   Your price:  £27.00 You save £3.00. Price £27.00 Shipping Free Taxes £5.40 You pay now £32.40 Add and pay £32.40 No, thank you');
  expect(all('CalloutBanner').length).toBe(1);
  expect(all('Button').map((one) => one.props!['disabled'] ?? false)).toEqual([false, false]);
});

test('taxes that the price contains are not added to it', async () => {
  added = { addedTaxLines: [{ priceSet: bag('4.50'), rate: 0.2, title: 'VAT' }] };
  await show(root, input);
  expect(words()).not.toContain('Taxes');
});

test('accepting signs what was shown, applies it and goes on', async () => {
  await show(root, input);
  await press('Add and pay');
  expect(asked.at(-1)).toEqual(['/extension/afterwards/changeset', { token: 'token', number: 1, price: '27.00' }]);
  expect([changesets, done.mock.calls.length]).toEqual([['signed'], 1]);
});

test('a second press while it is being added does nothing', async () => {
  await show(root, input);
  const [yes, no] = all('Button');
  await Promise.all([yes!.props!['onPress'](), yes!.props!['onPress'](), no!.props!['onPress']()]);
  expect([changesets.length, done.mock.calls.length]).toEqual([1, 1]);
});

test('who declines sees one smaller offer, and then the order', async () => {
  await show(root, input);
  await press('No, thank you');
  expect(words()).toContain('Or this one instead?');
  expect(words()).toContain('Add and pay £17.00');
  expect(done).not.toHaveBeenCalled();
  await press('No, thank you');
  expect([changesets, done.mock.calls.length]).toEqual([[], 1]);
});

test('what Shopify would charge another price for is not offered', async () => {
  charged[131] = '27.01';
  await show(root, input);
  expect(words()).toContain('Tray');
  charged[132] = '30.00';
  await show(createRemoteRoot(() => {}) as unknown as Root, input);
  expect(done).toHaveBeenCalledTimes(1);
});

test('in another currency, or where Shopify would not do it, nothing is offered', async () => {
  added = { totalOutstandingSet: { ...bag('27.00'), presentmentMoney: { amount: '30.00', currencyCode: 'EUR' } } };
  await show(root, input);
  input.calculateChangeset = async () => ({ status: 'unprocessed', errors: [] });
  await show(root, input);
  expect(done).toHaveBeenCalledTimes(2);
});

test('a failure is said and leaves the way on alone', async () => {
  applied = { status: 'unprocessed', errors: [{ code: 'payment_required', message: '' }] };
  await show(root, input);
  await press('Add and pay');
  expect(words(all('Banner')[0])).toBe('The payment did not go through. Your order stands as it was.');
  expect(all('Button').map((one) => words(one))).toEqual(['Go to your order']);
  await press('Go to your order');
  expect(done).toHaveBeenCalledTimes(1);
});

test.each([
  ['processed', [], null], ['unprocessed', ['changeset_already_applied'], null], ['unprocessed', ['insufficient_inventory'], 'sold_out'],
  ['unprocessed', ['payment_required'], 'unpaid'], ['partially_processed', ['payment_required'], 'partly'],
  ['unprocessed', ['order_released_error'], 'failed'], ['unprocessed', [], 'failed']])('%s %j is %s', (status, codes, word) => {
  expect(wrong({ status, errors: codes.map((code) => ({ code, message: '' })) } as never)).toBe(word);
});

test('where we cannot be reached to sign, nothing is charged', async () => {
  await show(root, input);
  offers = 503;
  await press('Add and pay');
  expect([words(all('Banner')[0]), changesets]).toEqual(['That did not work. You have not been charged for it, and your order stands as it was.', []]);
});

test('a picture stands beside the words, and where there is none they have the whole width', async () => {
  offers = [extra(1, '27.00', { image: 'https://cdn.example/bag.png' }), extra(2, '17.00')];
  await show(root, input);
  const columns = () => {
    const [layout] = all('Layout');
    return [layout!.children!.length, ...layout!.props!['media'].map(({ sizes }: { sizes: unknown[] }) => sizes.length)];
  };
  expect([columns(), all('Image').length]).toEqual([[2, 1, 2, 2], 1]);
  await press('No, thank you');
  expect([columns(), all('Image').length]).toEqual([[1, 1, 1, 1], 0]);
});

test.each([['de-AT', 'Nein, danke'], ['pt-PT', 'Não, obrigado'], ['ar', 'لا، شكرًا'], ['ja', 'いいえ、結構です'], ['xx', 'No, thank you']])(
  'the language of %s', (locale, text) => expect(say(locale, 'decline')).toBe(text));

test.each([['12.5', 'GBP', 1250n, '12.50'], ['1200', 'JPY', 1200n, '1200'], ['1.234', 'KWD', 1234n, '1.234'], ['0.05', 'GBP', 5n, '0.05']])(
  '%s %s', (text, currency, units, written) => {
    expect(minor(text, currency)).toBe(units);
    expect(decimal(units, currency)).toBe(written);
  });

// -- what is told of it ------------------------------------------------------------------------------------------------

test('what was shown and added is told, each once, also where the page is loaded anew', async () => {
  kept = { extras: offers };
  await show(root, input);
  expect(told).toEqual(['s1post_purchase']);
  await show(createRemoteRoot(() => {}) as unknown as Root, input);
  await press('No, thank you');
  await press('Add and pay');
  expect(told).toEqual(['s1post_purchase', 's2post_purchase', 'a2post_purchase']);
  expect(kept).toEqual({ extras: offers, told });
});

test('what was not shown, or not added in the end, is not told', async () => {
  charged = { 131: '1.00', 132: '17.00' };
  applied = { status: 'unprocessed', errors: [{ code: 'payment_required', message: '' }] };
  await show(root, input);
  await press('Add and pay');
  expect(told).toEqual(['s2post_purchase']);
});

const NODE = { id: 'gid://shopify/ProductVariant/131', title: 'Rot', product: { title: 'Tasche' } };

test('titles are in the language of the shopper, options too', async () => {
  [offers, names] = [[extra(1, '27.00', { option: 'Red' }), extra(2, '17.00')], [NODE, null]];
  input.inputData.locale = 'de-AT';
  await show(root, input);
  expect(queries).toEqual([{ ids: ['gid://shopify/ProductVariant/131', 'gid://shopify/ProductVariant/132'], language: 'DE' }]);
  expect(words()).toContain('Tasche – Rot');
  await press('Nein, danke');
  expect(words()).toContain('Tray');
});

test.each([['Shopify does not answer', 500], ['nothing is known', []], ['the goods are not published', [null, null]]])(
  'the shop’s own titles where %s', async (_why, answer) => {
    names = answer;
    await show(root, input);
    expect(words()).toContain('Bag');
  });

test.each([['de-AT', 'DE'], ['pt-BR', 'PT_BR'], ['zh-TW', 'ZH_TW'], ['ja', 'JA'], ['en-GB', 'EN']])('%s is asked for as %s', (locale, code) =>
  expect(languageOf(locale)).toBe(code));
