import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const run = (name) => new Function(readFileSync(`storefront_snippets/theme/assets/${name}`, 'utf8'))();
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** The markup of a block for a customer who is logged in, its Liquid reduced to what the script touches. */
function draw(file, tag, attributes) {
  const liquid = readFileSync(`storefront_snippets/theme/blocks/${file}`, 'utf8').split('{% schema %}')[0];
  const inner = liquid.slice(liquid.indexOf('>', liquid.indexOf('block.shopify_attributes')) + 1, liquid.indexOf(`</${tag}>`));
  const customers = attributes.includes('data-source') ? inner.replace(/\{% else %\}[\s\S]*?\{% endif %\}/, '') : inner.replace(/\{% if customer %\}[\s\S]*?\{% else %\}/, '');
  const says = [...liquid.matchAll(/data-say-([a-z-]+)="/g)].map(([, key]) => `data-say-${key}="${key}${key === 'balance' ? ' [amount]' : ''}"`);
  document.body.innerHTML = `<${tag} ${attributes} ${says.join(' ')}>${customers.replace(/<noscript>[\s\S]*?<\/noscript>/, '').replace(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, '')}</${tag}>`;
}

const SHARE = {
  state: 'ready', headline: 'Give 10%', terms: 'Terms', link: 'https://north.example/r/ada', code: 'ADA', qr: 'data:image/svg+xml,x', name: { first: 'Ada', shown: false },
  terms_url: 'https://north.example/apps/tandem/terms/1', urls: { whatsapp: 'https://wa.me/?text=wa%20%26%20me', sms: 'sms:?&body=s', email: 'mailto:?subject=S', x: 'https://x.com/intent/post?text=x', facebook: 'https://www.facebook.com/sharer/sharer.php?u=f' },
  texts: { native: 'n' },
};
const REWARDS = {
  balance: [{ display: '£5.00' }, { display: '€2.00' }],
  rewards: [{ display: '£5.00 off', label: 'Ready', about: 'For an order of 1 May', why: 'Use it <b>now</b>', code: 'TAND-1' }, { display: '10% off', label: 'Pending', about: null, why: 'Until 5 December', code: null }],
  goal: null,
};
const GOAL = { title: 'Your goal: 4 friends', text: '3 so far', counted: 3, target: 4 };
const SOURCE = 'data-source="/apps/tandem/share.json"';
const allow = (yes) => { window.Shopify = { customerPrivacy: { marketingAllowed: () => yes, analyticsProcessingAllowed: () => yes } }; };
let answers;
let requests;

beforeEach(() => {
  requests = [];
  allow(true);
  vi.stubGlobal('fetch', async (address, init = {}) => {
    requests.push({ address: String(address), body: init.body });
    const [status, body] = answers.length > 1 ? answers.shift() : answers[0];
    return new Response(JSON.stringify(body), { status });
  });
  run('tandem-friends.js');
  run('tandem-offer.js');
});

afterEach(() => {
  document.body.innerHTML = '';
  vi.unstubAllGlobals();
});

test('a customer gets their link and a way to send it on every channel', async () => {
  answers = [[202, { state: 'waiting', retry_after: 0.001 }], [200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', SOURCE);
  await settle();
  expect(part('link').value).toBe(SHARE.link);
  for (const [channel, address] of Object.entries(SHARE.urls)) expect(part(channel).href).toBe(address);
  expect([part('panel').classList.contains('tandem-quiet'), part('front')]).toEqual([false, null]);
  expect([part('terms').textContent, part('rules').href]).toEqual(['Terms', SHARE.terms_url]);
  expect(requests).toHaveLength(2);
});

test('a fault is said, and again asks again', async () => {
  answers = [[500, {}], [200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', SOURCE);
  await settle();
  expect(part('status').textContent).toBe('failed');
  part('again').click();
  await settle();
  expect(part('headline').textContent).toBe('Give 10%');
});

test.each([['refer-a-friend.liquid', 'tandem-share', SHARE], ['my-rewards.liquid', 'tandem-rewards', REWARDS]])('%s asks nothing before consent, except when the shopper does', async (file, tag, answer) => {
  allow(false);
  answers = [[200, answer]];
  draw(file, tag, SOURCE);
  await settle();
  expect([requests, part('again').hidden]).toEqual([[], false]);
  part('again').click();
  await settle();
  expect([requests.length, part('front')]).toEqual([1, null]);
});

test.each([[200, 'sent', 0], [422, 'sending', 1], [503, 'sending', 1]])('the e-mail form answers in place; what the app has to say against it (%i) the app says on its own page', async (status, said, left) => {
  answers = [[status, {}]];
  const submit = vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(() => {});
  draw('refer-a-friend.liquid', 'tandem-share', '');
  document.querySelector('tandem-share').insertAdjacentHTML('beforeend', '<form action="/apps/tandem/magic" method="post"><input name="email" value="a@b.example"></form>');
  await settle();
  expect(requests).toEqual([]);
  document.querySelector('form').requestSubmit();
  await settle();
  expect([requests.length, part('status').textContent, submit.mock.calls.length]).toEqual([1, said, left]);
  submit.mockRestore();
});

test('sharing falls back to copying, and copying to selecting', async () => {
  answers = [[200, SHARE]];
  draw('refer-a-friend.liquid', 'tandem-share', SOURCE);
  await settle();
  part('native').click();
  await settle();
  expect(part('said').textContent).toBe('copy-yourself');
  vi.stubGlobal('navigator', { share: vi.fn() });
  part('native').click();
  await settle();
  expect(part('said').textContent).toBe('thanks');
});

test('friends read the name only if the shopper says so, and a refusal takes the tick back', async () => {
  answers = [[200, SHARE], [200, { shown: true }], [500, {}]];
  draw('refer-a-friend.liquid', 'tandem-share', SOURCE);
  await settle();
  expect(part('name').checked).toBe(false);
  part('name').click();
  await settle();
  expect([requests.at(-1), part('name').checked, part('said').textContent]).toEqual([{ address: '/apps/tandem/name', body: '{"shown":true}' }, true, 'named']);
  part('name').click();
  await settle();
  expect([part('name').checked, part('said').textContent]).toEqual([true, 'failed']);
});

test('who has no name that we know is not asked', async () => {
  answers = [[200, { ...SHARE, name: null }]];
  draw('refer-a-friend.liquid', 'tandem-share', SOURCE);
  await settle();
  expect(part('naming').style.visibility).toBe('hidden');
});

test('rewards: what can be used, what is pending and why', async () => {
  answers = [[200, REWARDS]];
  draw('my-rewards.liquid', 'tandem-rewards', SOURCE);
  await settle();
  expect(part('balance').textContent).toBe('balance £5.00 + €2.00');
  const rows = [...document.querySelectorAll('li')].map((row) => [...row.children].map((one) => one.textContent).filter(Boolean));
  expect(rows).toEqual([['£5.00 off', 'Ready', 'For an order of 1 May', 'Use it <b>now</b>', 'TAND-1'], ['10% off', 'Pending', 'Until 5 December']]);
  expect(part('goal').hidden).toBe(true);
});

test.each([[GOAL, false], [{ title: 'Next: £5', text: 'For the next friend', counted: 0, target: null }, true]])('how near the goal is, or what comes next', async (goal, bare) => {
  answers = [[200, { balance: [], rewards: [], goal }]];
  draw('my-rewards.liquid', 'tandem-rewards', SOURCE);
  await settle();
  expect([part('title').textContent, part('text').textContent, part('goal').hidden, part('near').hidden]).toEqual([goal.title, goal.text, false, bare]);
  expect([part('near').value, part('near').max, part('balance').textContent]).toEqual(bare ? [0, 1, 'none'] : [3, 4, 'none']);
});

test('no rewards yet is said, not shown as an empty list', async () => {
  answers = [[200, { balance: [], rewards: [], goal: null }]];
  draw('my-rewards.liquid', 'tandem-rewards', SOURCE);
  await settle();
  expect([part('status').textContent, part('panel').hasAttribute('inert')]).toEqual(['none', true]);
});

/** An offer without a price of its own (a gift that the cart has earned), as Liquid leaves it. */
function drawOffer() {
  document.body.innerHTML = `<tandem-offer data-number="7" data-place="cart" data-say-adding="adding" data-say-added="added" data-say-failed="failed">
    <form action="/de/cart/add" method="post">${[10, 20].map((id, at) => `<input name="items[${at}][id]" value="${id}"><input name="items[${at}][quantity]" value="1">`).join('')}
    <button type="submit" data-part="add">Add</button></form><p><span data-part="status"></span><a data-part="cart" hidden>Cart</a></p></tandem-offer>`;
}

test('one tap puts both into the cart, codes untouched, and the theme hears of it', async () => {
  answers = [[200, { items: [] }]];
  drawOffer();
  const refreshed = vi.fn();
  document.addEventListener('cart:refresh', refreshed, { once: true });
  part('add').click();
  await settle();
  expect(requests).toEqual([{ address: 'http://localhost:3000/de/cart/add.js', body: JSON.stringify({ items: [10, 20].map((id) => ({ id, quantity: 1, properties: { _offer: '7', _placement: 'cart' } })) }) }]);
  expect([part('status').textContent, part('cart').hidden, part('add').disabled]).toEqual(['added', false, false]);
  expect(refreshed).toHaveBeenCalledOnce();
});

test.each([
  [422, { description: 'All 3 Mug are in your cart.' }, 'All 3 Mug are in your cart.'],
  [422, { message: 'Cart Error' }, 'Cart Error'],
  [500, { description: 'Internal' }, 'failed'],
])("what cannot be added is said in Shopify's own words, or in ours: %i", async (status, body, said) => {
  answers = [[status, body]];
  drawOffer();
  part('add').click();
  await settle();
  expect([part('status').textContent, part('add').disabled]).toEqual([said, false]);
});
