// The peer of ./run bench ingest: a webhook endpoint as Shopify's documentation shows it, on two processes.
// Verifies over the raw body, stores the row, and answers 200 only after PostgreSQL has committed it.
import cluster from 'node:cluster';
import '@shopify/shopify-api/adapters/node';
import {ApiVersion, shopifyApi} from '@shopify/shopify-api';
import express from 'express';
import pg from 'pg';

const {PORT, PGHOST, PGDATABASE, SHOPIFY_API_KEY, SHOPIFY_API_SECRET, PROCESSES = '2'} = process.env;
const INSERT = `insert into webhooks (shop, source, topic, external_id, event_id, triggered_at, received_at, body)
  values ($1, 'webhook', $2, $3, $4, $5, now(), $6) on conflict do nothing`;

function serve() {
  const shopify = shopifyApi({
    apiKey: SHOPIFY_API_KEY,
    apiSecretKey: SHOPIFY_API_SECRET,
    scopes: ['read_orders'],
    hostName: `127.0.0.1:${PORT}`,
    hostScheme: 'http',
    apiVersion: ApiVersion.July26 ?? '2026-07',
    isEmbeddedApp: true,
    logger: {level: 0},
  });
  const pool = new pg.Pool({host: PGHOST, database: PGDATABASE, user: 'postgres', max: 8});
  const app = express();
  app.disable('x-powered-by');

  app.post('/webhooks', express.raw({type: '*/*', limit: '5mb'}), async (request, response) => {
    const check = await shopify.webhooks.validate({
      rawBody: request.body.toString('utf8'),
      rawRequest: request,
      rawResponse: response,
    });
    if (!check.valid) return response.status(401).end();
    const {domain, topic, webhookId} = check;
    await pool.query(INSERT, [
      domain, topic, webhookId, request.get('X-Shopify-Event-Id'), request.get('X-Shopify-Triggered-At'), request.body,
    ]);
    return response.status(200).end();
  });
  app.listen(Number(PORT), '127.0.0.1');
}

if (cluster.isPrimary) {
  for (let n = 0; n < Number(PROCESSES); n += 1) cluster.fork();
} else {
  serve();
}
