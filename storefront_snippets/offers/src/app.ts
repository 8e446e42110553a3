/** What goes with the goods of a checkout or an order: which, the app says; title, picture, stock and price are Shopify's own. */
import { money, type Host, type Line } from './host';
import { saving, type Spec, type Terms } from './price';

interface Told { product: string; count: number; part: number; cap: number; keys?: string }
/** Of an offer that holds some visitors out; `name` as a cart's attribute tells it; `first`: they had not met it, and orders will tell. */
export interface Arm { held: boolean; name: string; first: boolean }
interface Answer {
  currency: string;
  offers: { number: number; arm?: Arm; spec: Spec; replaces?: string | null; had: Told[]; missing: Told & { variant: string; handle: string } }[];
}
interface Variant {
  id: string;
  title: string;
  availableForSale: boolean;
  price: { amount: string; currencyCode: string };
  image: { url: string } | null;
  product: { title: string };
}

/**
 * `saved` is text in the shopper's currency, empty where it cannot be known; `price` is of one unit. `instead`: for an upgrade, the line
 * whose place it takes, one unit for one.
 */
export interface Suggestion {
  number: number;
  variant: string;
  handle: string;
  title: string;
  image: string | null;
  count: number;
  price: string;
  saved: string;
  instead?: Line & { title: string };
  arm?: Arm;
}

const PATIENCE = 10_000;
/** Of a cart's attribute, with the offer's number after it; see plugin/experiments/rules.py. */
const ARM = '_tandem_arm';
const VARIANTS = `query Offered($ids: [ID!]!) { nodes(ids: $ids) { ... on ProductVariant {
  id title availableForSale price { amount currencyCode } image { url(transform: {maxWidth: 128}) } product { title } } } }`;

/** At most two, also such as this buyer is held out from; none where nothing is missing, or what is missing cannot be bought. */
export async function askOffers(host: Host, lines: Line[], swap = false, writes = false): Promise<Suggestion[]> {
  const held = lines.map(({ quantity, merchandise }) => ({ product: merchandise.product.id, quantity }));
  if (!held.length) return [];
  const { offers, currency } = await ask(host, { held, ...(swap && { swap }), ...(mayCount(host) && { buyer: buyerOf(host, writes) }) });
  if (!offers.length) return [];
  const lineOf = (product: string) => lines.find(({ merchandise }) => merchandise.product.id.endsWith(`/${product}`));
  const variantOf = (product: string) => lineOf(product)?.merchandise.id ?? '';
  const ids = offers.flatMap(({ had, missing, replaces }) => [
    `gid://shopify/ProductVariant/${missing.variant}`, ...had.map((one) => variantOf(one.product)), ...(replaces ? [variantOf(replaces)] : [])]);
  const { data } = await host.query<{ nodes: (Variant | null)[] }>(VARIANTS, { variables: { ids } });
  const known = new Map((data?.nodes ?? []).flatMap((one) => (one ? [[one.id, one]] : [])));
  return offers.flatMap((offer) => {
    const { missing } = offer;
    const one = known.get(`gid://shopify/ProductVariant/${missing.variant}`);
    if (!one?.availableForSale) return [];
    const old = offer.replaces && lineOf(offer.replaces);
    const had = offer.had.map((row) => ({ row, variant: known.get(variantOf(row.product)) }));
    return [{
      ...(offer.arm && { arm: offer.arm }),
      number: offer.number, variant: one.id, handle: missing.handle, title: one.product.title, image: one.image?.url ?? null, count: missing.count,
      price: money(host, Number(one.price.amount), one.price.currencyCode),
      saved: saved(host, offer.spec, [...had, { row: missing, variant: one }], currency),
      ...(old && { instead: { ...old, title: known.get(old.merchandise.id)?.product.title ?? '' } }),
    }];
  });
}

/**
 * What adding the last row takes off: all that the set saves, less what the others save without it. Amounts in another currency than the
 * shop's are worked out at checkout alone.
 */
function saved(host: Host, spec: Spec, rows: { row: Told; variant: Variant | undefined }[], home: string): string {
  const active = rows.at(-1)?.variant?.price.currencyCode ?? home;
  const gains = [spec, ...(spec.rounds ?? []).flat()].flatMap((one) => (one ? gainsOf(one) : []));
  if (rows.some(({ variant }) => !variant) || (active !== home && gains.some((gain) => gain && gain[0] !== 1 && !(active in gain[3])))) return '';
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: active }).resolvedOptions().maximumFractionDigits ?? 2;
  const chosen = rows.map(({ row, variant }) => ({
    id: Number(variant!.id.split('/').pop()), price: minor(variant!.price.amount, digits), count: row.count, cap: row.cap, keys: ` ${row.part} ${row.keys ?? ''} `,
  }));
  const currency = { active, home, rate: '1', shift: 0 };
  const less = saving(chosen, spec, currency) - saving(chosen.slice(0, -1), spec, currency);
  return less > 0n ? money(host, Number(less) / 10 ** digits, active) : '';
}

const gainsOf = ({ whole, parts = [], steps = [] }: Terms) => [whole, ...parts.map(({ gain }) => gain), ...steps.map(([, gain]) => gain)];

/** "12.5" with two digits is 1250. */
export function minor(text: string, digits: number): bigint {
  const [before, after = ''] = text.split('.');
  return BigInt(before + after.padEnd(digits, '0').slice(0, digits));
}

const mayCount = (host: Host) => host.customerPrivacy?.value.allowedProcessing.analytics;

/** Who meets an offer is known by what the storefront wrote into the cart, or else is this checkout alone. */
function buyerOf({ attributes, checkoutToken }: Host, writes: boolean) {
  const met = (attributes.value ?? []).filter(({ key }) => key.startsWith(ARM)).map(({ key, value }) => [key, value]);
  return { attributes: Object.fromEntries(met), unit: checkoutToken.value ?? '', writes };
}

/** How often offers were shown and added; not before the shopper agrees to be counted, and no matter if it does not arrive. */
export function tellSeen(host: Host, marks: string[]): void {
  if (marks.length && mayCount(host)) post(host, 'seen', { marks: String(marks) }).catch(() => {});
}

/** `write` puts an attribute into the cart, so that the order tells who met an offer; without it the order is placed already. */
export type Write = (key: string, value: string) => Promise<boolean>;

/** Counts what is shown, and what would be if nobody were held out. */
export async function tellMet(host: Host, offers: Suggestion[], place: string, write?: Write): Promise<void> {
  const marks = [];
  for (const { number, arm } of offers) marks.push(`${arm?.held ? 'h' : 's'}${arm && (await isFirst(host, number, arm, write)) ? 'n' : ''}${number}${place}`);
  tellSeen(host, marks);
}

/** A visitor counts once; also where the page is loaded anew. */
async function isFirst({ storage }: Host, number: number, { name, first }: Arm, write?: Write): Promise<boolean> {
  if (!first || (await storage.read(name)) || (write && !(await write(ARM + number, name)))) return false;
  await storage.write(name, 1);
  return true;
}

async function ask(host: Host, body: object): Promise<Answer> {
  const answer = await post(host, 'offers', body);
  if (!answer.ok) throw new Error(`the app answered ${answer.status}`);
  return (await answer.json()) as Answer;
}

async function post(host: Host, path: string, body: object): Promise<Response> {
  return fetch(`${process.env.APP_URL}/extension/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await host.sessionToken.get()}`, Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
}
