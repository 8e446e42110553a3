import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const run = (name) => new Function(readFileSync(`storefront_snippets/theme/assets/${name}`, 'utf8'))();
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** The markup of a block, its Liquid reduced to what the script touches. */
function draw(file, tag, attributes) {
  const liquid = readFileSync(`storefront_snippets/theme/blocks/${file}`, 'utf8').split('{% schema %}')[0];
  const inner = liquid.slice(liquid.indexOf('>', liquid.indexOf('block.shopify_attributes')) + 1, liquid.indexOf(`</${tag}>`));
  const says = [...liquid.matchAll(/data-say-([a-z-]+)="([^"]*)"/g)].map(([, key]) => `data-say-${key}="${key}${key === 'offer' ? ' [rate] [title]' : key === 'total' ? ' [total] [saving]' : ''}"`);
  document.body.innerHTML = `<${tag} ${attributes} ${says.join(' ')}>${inner.replace(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, '')}</${tag}>`;
}

const SHARE = {
  state: 'ready', headline: 'Give 10%', terms: 'Terms', link: 'https://north.example/r/ada', code: 'ADA', qr: 'data:image/svg+xml,x',
  texts: { whatsapp: 'wa & me', sms: 's', email: { subject: 'S', body: 'B' }, x: 'x', facebook: 'f', native: 'n' },
};
const half = (id, title) => ({ product_id: id, variant_id: `${id}0`, title, url: `/products/${id}`, image: null, price: { amount: 1000, display: '£10.00' }, compare_at: null });
const PAIR = { first: half('1', 'Mug'), second: half('2', 'Tea <b>'), discount_bp: 1500, saving: { amount: 150, display: '£1.50' }, total: { amount: 1850, display: '£18.50' }, currency: 'GBP' };
let answers;
let requests;

beforeEach(() => {
  requests = [];
  vi.stubGlobal('fetch', async (address, init = {}) => {
    requests.push({ address: String(address), body: init.body });
    const [status, body] = answers.length > 1 ? answers.shift() : answers[0];
    return new Response(JSON.stringify(body), { status });
  });
  run('tandem-share.js');
  run('tandem-pair.js');
});

afterEach(() => {
  document.body.innerHTML = '';
  vi.unstubAllGlobals();
});

test('a customer gets their link and a way to send it on every channel', async () => {
  answers = [[202, { state: 'waiting', retry_after: 0.001 }], [200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', 'data-source="/apps/tandem/share.json"');
  await settle();
  expect(part('link').value).toBe(SHARE.link);
  expect(part('whatsapp').href).toBe('https://wa.me/?text=wa%20%26%20me');
  expect(part('facebook').href).toBe(`https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(SHARE.link)}`);
  expect(part('panel').classList.contains('tandem-quiet')).toBe(false);
  expect(requests).toHaveLength(2);
});

test('a fault is said, and again asks again', async () => {
  answers = [[500, {}], [200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', 'data-source="/apps/tandem/share.json"');
  await settle();
  expect(part('status').textContent).toBe('failed');
  part('again').click();
  await settle();
  expect(part('headline').textContent).toBe('Give 10%');
});

test('nothing is asked for somebody who is not logged in', async () => {
  answers = [[200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', '');
  await settle();
  expect(requests).toEqual([]);
});

test('the pair shows true prices and puts both into the cart, codes untouched', async () => {
  answers = [[200, { pair: PAIR }], [200, { items: [] }]];
  window.Shopify = { currency: { active: 'GBP' } };
  draw('pair.liquid', 'tandem-pair', 'hidden data-money="£{{amount}}" data-source="/apps/tandem/pair.json?product=1"');
  expect(document.querySelector('tandem-pair').hidden).toBe(true);
  const refreshed = vi.fn();
  document.addEventListener('cart:refresh', refreshed, { once: true });
  await settle();
  expect(document.querySelector('tandem-pair').hidden).toBe(false);
  expect([part('second-before').textContent, part('second-price').textContent]).toEqual(['£10.00', '£8.50']);
  expect(part('second-link').innerHTML).toBe('Tea &lt;b&gt;');
  expect(part('total').textContent).toBe('total £18.50 £1.50');
  expect(part('offer').textContent).toBe('offer 15% Tea <b>');
  part('add').click();
  await settle();
  expect(requests.at(-1)).toEqual({ address: '/cart/add.js', body: '{"items":[{"id":10,"quantity":1},{"id":20,"quantity":1}]}' });
  expect([part('status').textContent, part('cart').hidden, part('add').disabled]).toEqual(['added', false, false]);
  expect(refreshed).toHaveBeenCalledOnce();
});

test.each([
  ['£{{amount}}', 'GBP', 123456, '£1,234.56'],
  ['{{ amount_with_comma_separator }} €', 'EUR', 123456, '1.234,56 €'],
  ['¥{{amount_no_decimals}}', 'JPY', 1234, '¥1,234'],
  ["CHF {{amount_with_apostrophe_separator}}", 'CHF', 123456, "CHF 1'234.56"],
])('prices look as the theme prints them: %s', async (pattern, currency, amount, printed) => {
  answers = [[200, { pair: { ...PAIR, currency, first: { ...PAIR.first, price: { amount, display: '' } } } }]];
  window.Shopify = { currency: { active: currency } };
  draw('pair.liquid', 'tandem-pair', `hidden data-money="${pattern}" data-source="/apps/tandem/pair.json?product=1"`);
  await settle();
  expect(part('first-price').textContent).toBe(printed);
});

test('a shopper who pays in another currency sees the rate and no wrong amount', async () => {
  answers = [[200, { pair: PAIR }]];
  window.Shopify = { currency: { active: 'EUR' } };
  draw('pair.liquid', 'tandem-pair', 'data-source="/apps/tandem/pair.json?product=1"');
  await settle();
  expect(document.body.textContent).not.toContain('£');
  expect(part('offer').textContent).toContain('15%');
});

test("Shopify's own sentence is shown when it cannot be added", async () => {
  answers = [[200, { pair: PAIR }], [422, { description: 'All 3 Mug are in your cart.' }]];
  draw('pair.liquid', 'tandem-pair', 'data-source="/apps/tandem/pair.json?product=1"');
  await settle();
  part('add').click();
  await settle();
  expect(part('status').textContent).toBe('All 3 Mug are in your cart.');
});

test.each([[[200, { pair: null }]], [[500, {}]]])('without a pair the block stays away: %j', async (answer) => {
  answers = [answer];
  draw('pair.liquid', 'tandem-pair', 'hidden data-source="/apps/tandem/pair.json?product=1"');
  await settle();
  expect(document.querySelector('tandem-pair').hidden).toBe(true);
});
