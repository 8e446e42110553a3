/** What Shopify would charge, and whether that is what we say. */
import type { Changes, Extra, RenderInput } from './asking';
import { decimal, minor } from './words';

interface Amounts { presentmentMoney: { amount: string } }
/** Decimal texts in the shopper's currency. */
export interface Price { shipping: string; taxes: string; total: string; currency: string }

/** Null where Shopify would not do it, or would charge another price for the goods than the app signs: then it is not offered. */
export async function priceOf(input: RenderInput, extra: Extra): Promise<Price | null> {
  const { calculatedPurchase: found } = await input.calculateChangeset({ changes: JSON.parse(extra.changes) as Changes });
  if (!found) return null;
  const lines = found.updatedLineItems.filter((line) => line.variantId === extra.variant);
  const { amount: total, currencyCode: currency } = found.totalOutstandingSet.presentmentMoney;
  if (currency !== extra.currency || sum(lines.map((line) => line.totalPriceSet), currency) !== minor(extra.price, currency)) return null;
  const added = (all: { priceSet: Amounts }[]) => decimal(sum(all.map((one) => one.priceSet), currency), currency);
  return { shipping: added(found.addedShippingLines), taxes: added(found.addedTaxLines), total, currency };
}

function sum(all: Amounts[], currency: string): bigint {
  return all.reduce((whole, { presentmentMoney }) => whole + minor(presentmentMoney.amount, currency), 0n);
}
