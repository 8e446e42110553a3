/** What goes with the goods of a checkout or an order: which, the app says; title, picture, stock and price are Shopify's own. */
import type { Host, Line } from './host';
import { saving, type Spec } from './price';

interface Told { product: string; count: number; part: number; cap: number }
interface Answer {
  currency: string;
  offers: { number: number; spec: Spec; had: Told[]; missing: Told & { variant: string; handle: string } }[];
}
interface Variant {
  id: string;
  title: string;
  availableForSale: boolean;
  price: { amount: string; currencyCode: string };
  image: { url: string } | null;
  product: { title: string };
}

/** `saved` is text in the shopper's currency, empty where it cannot be known; `price` is of one unit. */
export interface Suggestion {
  number: number;
  variant: string;
  handle: string;
  title: string;
  image: string | null;
  count: number;
  price: string;
  saved: string;
}

const PATIENCE = 10_000;
const VARIANTS = `query Offered($ids: [ID!]!) { nodes(ids: $ids) { ... on ProductVariant {
  id title availableForSale price { amount currencyCode } image { url(transform: {maxWidth: 128}) } product { title } } } }`;

/** At most two; none where nothing is missing, or what is missing cannot be bought. */
export async function askOffers(host: Host, lines: Line[]): Promise<Suggestion[]> {
  const held = lines.map(({ quantity, merchandise }) => ({ product: merchandise.product.id, quantity }));
  if (!held.length) return [];
  const { offers, currency } = await ask(host, { held });
  if (!offers.length) return [];
  const variantOf = (product: string) => lines.find(({ merchandise }) => merchandise.product.id.endsWith(`/${product}`))?.merchandise.id ?? '';
  const ids = offers.flatMap(({ had, missing }) => [`gid://shopify/ProductVariant/${missing.variant}`, ...had.map((one) => variantOf(one.product))]);
  const { data } = await host.query<{ nodes: (Variant | null)[] }>(VARIANTS, { variables: { ids } });
  const known = new Map((data?.nodes ?? []).flatMap((one) => (one ? [[one.id, one]] : [])));
  return offers.flatMap((offer) => {
    const { missing } = offer;
    const one = known.get(`gid://shopify/ProductVariant/${missing.variant}`);
    if (!one?.availableForSale) return [];
    const had = offer.had.map((row) => ({ row, variant: known.get(variantOf(row.product)) }));
    return [{
      number: offer.number, variant: one.id, handle: missing.handle, title: one.product.title, image: one.image?.url ?? null, count: missing.count,
      price: host.i18n.formatCurrency(Number(one.price.amount), { currency: one.price.currencyCode }),
      saved: saved(host, offer.spec, [...had, { row: missing, variant: one }], currency),
    }];
  });
}

/** What the whole set saves. Amounts in another currency than the shop's are worked out at checkout alone. */
function saved(host: Host, spec: Spec, rows: { row: Told; variant: Variant | undefined }[], home: string): string {
  const active = rows.at(-1)?.variant?.price.currencyCode ?? home;
  const gains = [spec.whole, ...(spec.parts ?? []).map((part) => part.gain)];
  if (rows.some(({ variant }) => !variant) || (active !== home && gains.some((gain) => gain && gain[0] !== 1 && !(active in gain[3])))) return '';
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: active }).resolvedOptions().maximumFractionDigits ?? 2;
  const chosen = rows.map(({ row, variant }) => ({
    id: Number(variant!.id.split('/').pop()), price: minor(variant!.price.amount, digits), count: row.count, part: row.part, cap: row.cap,
  }));
  const less = saving(chosen, spec, { active, home, rate: '1', shift: 0 });
  return less ? host.i18n.formatCurrency(Number(less) / 10 ** digits, { currency: active }) : '';
}

/** "12.5" with two digits is 1250. */
export function minor(text: string, digits: number): bigint {
  const [before, after = ''] = text.split('.');
  return BigInt(before + after.padEnd(digits, '0').slice(0, digits));
}

async function ask(host: Host, body: object): Promise<Answer> {
  const answer = await fetch(`${process.env.APP_URL}/extension/offers`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await host.sessionToken.get()}`, Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok) throw new Error(`the app answered ${answer.status}`);
  return (await answer.json()) as Answer;
}
