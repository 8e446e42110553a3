// Shopify's own Node library judges what devstore signs: one JSON object on stdin, the last line on stdout (the library greets on the first).
import '@shopify/shopify-api/adapters/node';
import { shopifyApi } from '@shopify/shopify-api';

let input = '';
for await (const chunk of process.stdin) input += chunk;
const asked = JSON.parse(input);

const shopify = shopifyApi({
  apiKey: asked.key,
  apiSecretKey: asked.secret,
  apiVersion: '2026-10',
  hostName: 'app.example',
  isEmbeddedApp: true,
});

const webhook = async ({ body, headers }) =>
  (await shopify.webhooks.validate({ rawBody: body, rawRequest: { method: 'POST', url: '/webhooks', headers } })).valid;
const proxy = async (query) => {
  const pairs = {};
  for (const [name, value] of new URLSearchParams(query)) {
    pairs[name] = name in pairs ? [pairs[name], value].flat() : value;
  }
  return shopify.utils.validateHmac(pairs, { signator: 'appProxy' }).catch(() => false);
};
const token = async (text) => (await shopify.session.decodeSessionToken(text)).dest;

process.stdout.write(
  `\n` +
  JSON.stringify({
    webhook: await webhook(asked.webhook),
    forged: await webhook({ ...asked.webhook, body: `${asked.webhook.body} ` }),
    proxy: await proxy(asked.proxy),
    forgedProxy: await proxy(`${asked.proxy}&more=1`),
    dest: await token(asked.token),
  }),
);
