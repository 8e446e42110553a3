import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const run = (name) => new Function(readFileSync(`storefront_snippets/theme/assets/${name}`, 'utf8'))();
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** The markup of a block, its Liquid reduced to what the script touches. */
function draw(file, tag, attributes) {
  const liquid = readFileSync(`storefront_snippets/theme/blocks/${file}`, 'utf8').split('{% schema %}')[0];
  const inner = liquid.slice(liquid.indexOf('>', liquid.indexOf('block.shopify_attributes')) + 1, liquid.indexOf(`</${tag}>`));
  const says = [...liquid.matchAll(/data-say-([a-z-]+)="([^"]*)"/g)].map(([, key]) => `data-say-${key}="${key}"`);
  document.body.innerHTML = `<${tag} ${attributes} ${says.join(' ')}>${inner.replace(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, '')}</${tag}>`;
}

const SHARE = {
  state: 'ready', headline: 'Give 10%', terms: 'Terms', link: 'https://north.example/r/ada', code: 'ADA', qr: 'data:image/svg+xml,x',
  texts: { whatsapp: 'wa & me', sms: 's', email: { subject: 'S', body: 'B' }, x: 'x', facebook: 'f', native: 'n' },
};
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

/** The pair as Liquid leaves it. */
function drawPair() {
  document.body.innerHTML = `<tandem-pair data-variants="10 20" data-say-adding="adding" data-say-added="added" data-say-failed="failed">
    <form action="/de/cart/add" method="post"><button data-part="add">Add</button></form><p><span data-part="status"></span><a data-part="cart" hidden>Cart</a></p></tandem-pair>`;
}

test('one tap puts both into the cart, codes untouched, and the theme hears of it', async () => {
  answers = [[200, { items: [] }]];
  drawPair();
  const refreshed = vi.fn();
  document.addEventListener('cart:refresh', refreshed, { once: true });
  part('add').click();
  await settle();
  expect(requests).toEqual([{ address: 'http://localhost:3000/de/cart/add.js', body: '{"items":[{"id":10,"quantity":1},{"id":20,"quantity":1}]}' }]);
  expect([part('status').textContent, part('cart').hidden, part('add').disabled]).toEqual(['added', false, false]);
  expect(refreshed).toHaveBeenCalledOnce();
});

test.each([
  [422, { description: 'All 3 Mug are in your cart.' }, 'All 3 Mug are in your cart.'],
  [422, { message: 'Cart Error' }, 'Cart Error'],
  [500, { description: 'Internal' }, 'failed'],
])("what cannot be added is said in Shopify's own words, or in ours: %i", async (status, body, said) => {
  answers = [[status, body]];
  drawPair();
  part('add').click();
  await settle();
  expect([part('status').textContent, part('add').disabled]).toEqual([said, false]);
});
