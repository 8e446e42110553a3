/** What the components need of the `shopify` global, whichever target they run in: these members and no others. */
export interface Line { id: string; quantity: number; merchandise: { id: string; product: { id: string } } }
export interface Host {
  sessionToken: { get(): Promise<string> };
  i18n: {
    translate(key: string, values?: Record<string, string | number>): unknown;
    formatCurrency(amount: number, options?: { currency?: string }): string;
  };
  lines: { value: Line[] };
  attributes: { value: { key: string; value: string }[] | undefined };
  checkoutToken: { value: string | undefined };
  storage: { read(key: string): Promise<unknown>; write(key: string, data: unknown): Promise<void> };
  customerPrivacy?: { value: { allowedProcessing: { analytics: boolean } } };
  shop: { storefrontUrl?: string | undefined };
  query<Data>(query: string, options?: { variables?: Record<string, unknown> }): Promise<{ data?: Data }>;
}

/** A text of locales/*.json. The types allow elements among the values, and so in the answer; ours are plain. */
export const say = (host: Host, key: string, values: Record<string, string | number> = {}) => String(host.i18n.translate(key, values));

/**
 * An amount as the shopper's language writes it. Between letters written from the right (known by the mark that `Intl` puts before it) a
 * sign with Latin ones, "UK£", would become "£UK": an isolate holds it together.
 */
export function money(host: Host, amount: number, currency: string): string {
  const written = host.i18n.formatCurrency(amount, { currency });
  return written.includes('\u200f') ? written.replace(/[A-Z]+\p{Sc}?/iu, '\u2066$&\u2069') : written;
}
