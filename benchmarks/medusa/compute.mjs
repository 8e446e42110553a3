// Carts and offers as JSON on stdin → what Medusa's promotion module takes off, and how long it takes, as JSON on stdout.
//
// Its functions are called as its computeActions calls them, in its order (buy-get first, then by value), but without its database.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { getComputedActionsForBuyGet, getComputedActionsForItems, sortByBuyGetType } = {
  ...require('@medusajs/promotion/dist/utils/compute-actions'),
};
const UNLIMITED = 1_000_000;

const within = (products) => [{ attribute: 'items.product.id', operator: 'in', values: products.map((id) => ({ value: `${id}` })) }];

function promotion(offer, at) {
  const fixed = offer.amount !== undefined;
  const method = {
    type: fixed ? 'fixed' : 'percentage',
    value: fixed ? offer.amount / 100 : offer.percent,
    target_type: 'items',
    allocation: 'each',
    max_quantity: UNLIMITED,
    target_rules: within(offer.targets ?? offer.products),
  };
  if (offer.buy === undefined) return { code: `P${at}`, type: 'standard', application_method: method };
  return {
    code: `P${at}`,
    type: 'buyget',
    application_method: {
      ...method,
      buy_rules: within(offer.products),
      buy_rules_min_quantity: offer.buy,
      apply_to_quantity: offer.get,
    },
  };
}

function compute(promotions, items) {
  const taken = new Map();
  const bought = new Map();
  const got = new Map();
  const actions = [];
  for (const one of [...promotions].sort(sortByBuyGetType)) {
    const found =
      one.type === 'buyget' ? getComputedActionsForBuyGet(one, items, taken, bought, got) : getComputedActionsForItems(one, items, taken);
    actions.push(...found);
  }
  return actions;
}

function measured({ lines, offers, rounds }) {
  const promotions = offers.map(promotion);
  const items = lines.map((line) => ({
    id: line.id,
    quantity: line.quantity,
    subtotal: (line.price * line.quantity) / 100,
    original_total: (line.price * line.quantity) / 100,
    product: { id: `${line.product}` },
  }));
  const seconds = [];
  let actions = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    actions = compute(promotions, items);
    seconds.push((performance.now() - begun) / 1000);
  }
  const off = actions.reduce((sum, one) => sum + Number(one.amount ?? 0), 0);
  return { cents: Math.round(off * 1e6) / 1e4, seconds };
}

const cases = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(cases.map(measured)));
