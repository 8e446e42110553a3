/** What we are asked: offers for a purchase that is being paid, and the changeset of the one that was accepted; what we are told was shown. */
import type { ExtensionPoints } from '@shopify/post-purchase-ui-extensions';

type ShouldRenderInput = Parameters<ExtensionPoints['Checkout::PostPurchase::ShouldRender']>[0];
export type RenderInput = Parameters<ExtensionPoints['Checkout::PostPurchase::Render']>[1];
export type Changes = Exclude<Parameters<RenderInput['calculateChangeset']>[0], string>['changes'];
type InputData = RenderInput['inputData'];

/** `before` and `price`: of all units together, decimal text in the shop's currency. `changes`: JSON, what Shopify would be asked to add. */
export interface Extra {
  number: number;
  title: string;
  option: string;
  image: string | null;
  variant: number;
  count: number;
  before: string;
  price: string;
  currency: string;
  changes: string;
}

/** The checkout waits for us while it pays, so not for long; whoever takes longer is not waited for. */
const PATIENCE = 1_400;
const ANSWER = 10_000;
/** For titles in the shopper's language; whoever takes longer leaves them in the shop's own. */
const NAMING = 1_000;
const NAMES = `query Names($ids: [ID!]!, $language: LanguageCode!) @inContext(language: $language) { nodes(ids: $ids) {
  ... on ProductVariant { id title product { title } } } }`;
interface Kept { extras?: Extra[]; told?: string[] }
interface Named { id: string; title: string; product: { title: string } }

/** A page after the purchase only where there is something to offer. What was found is kept for the page itself. */
export async function shouldRender({ inputData, storage }: ShouldRenderInput): Promise<{ render: boolean }> {
  const extras = await askExtras(inputData).catch(() => []);
  if (extras.length) await storage.update({ extras });
  return { render: extras.length > 0 };
}

/** From what was kept; some wallets begin the page in another place, where it must be asked for again. */
export async function extrasOf({ inputData, storage }: RenderInput): Promise<Extra[]> {
  const kept = (storage.initialData as Kept | null)?.extras;
  return kept?.length ? kept : askExtras(inputData);
}

/** The same with titles as the shop has them in the shopper's language, from Shopify's Storefront API, which needs no token for them. */
export async function named({ inputData }: RenderInput, extras: Extra[]): Promise<Extra[]> {
  const ids = extras.map(({ variant }) => `gid://shopify/ProductVariant/${variant}`);
  const found = await askNames(inputData, ids).catch(() => []);
  const known = new Map(found.flatMap((one) => (one ? [[one.id, one]] : [])));
  return extras.map((extra, at) => {
    const one = known.get(ids[at]!);
    return one ? { ...extra, title: one.product.title, option: extra.option && one.title } : extra;
  });
}

async function askNames({ shop, locale }: InputData, ids: string[]): Promise<(Named | null)[]> {
  const variables = { ids, language: languageOf(locale) };
  const answer = await fetch(`https://${shop.domain}/api/2026-07/graphql.json`, posted({ query: NAMES, variables }, NAMING));
  return ((await answer.json()) as { data?: { nodes: (Named | null)[] } }).data?.nodes ?? [];
}

/** As Shopify writes it: only these two languages are told apart by country. */
export function languageOf(locale: string): string {
  return (/^(pt|zh)-/i.test(locale) ? locale.replace('-', '_') : locale.split('-')[0]!).toUpperCase();
}

/** `what`: s shown, a added. The app adds it up, and keeps nothing about anybody; a page that is loaded anew tells it no second time. */
export function teller({ inputData: { token }, storage }: RenderInput): (what: 's' | 'a', number: number) => void {
  const { told = [], ...kept } = (storage.initialData ?? {}) as Kept;
  return (what, number) => {
    const mark = `${what}${number}post_purchase`;
    if (told.includes(mark)) return;
    told.push(mark);
    // The page goes on once something was added: what is on its way then still arrives.
    Promise.all([storage.update({ ...kept, told }), send('/seen', { token, marks: mark }, ANSWER, true)]).catch(() => {});
  };
}

async function askExtras({ token }: InputData): Promise<Extra[]> {
  return (await ask<{ offers: Extra[] }>('', { token }, PATIENCE)).offers;
}

/** Signed for exactly what was shown; the app refuses if that is no longer so. */
export async function askChangeset({ token }: InputData, { number, price }: Extra): Promise<string> {
  return (await ask<{ changeset: string }>('/changeset', { token, number, price }, ANSWER)).changeset;
}

async function ask<Answer>(path: string, body: object, patience: number): Promise<Answer> {
  const answer = await send(path, body, patience);
  if (!answer.ok) throw new Error(`the app answered ${answer.status}`);
  return (await answer.json()) as Answer;
}

const send = (path: string, body: object, patience: number, keepalive = false) =>
  fetch(`${process.env.APP_URL}/extension/afterwards${path}`, { ...posted(body, patience), keepalive });

const posted = (body: object, patience: number): RequestInit => ({
  method: 'POST',
  headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
  signal: AbortSignal.timeout(patience),
});

declare global {
  /** The APP_URL of `.env`, put in when the extension is bundled; see share/README.md. */
  const process: { env: { APP_URL: string } };
}
