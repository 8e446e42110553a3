/** What the components need of the `shopify` global, whichever target they run in: these members and no others. */
export interface Line { quantity: number; merchandise: { id: string; product: { id: string } } }
export interface Host {
  sessionToken: { get(): Promise<string> };
  i18n: {
    translate(key: string, values?: Record<string, string | number>): unknown;
    formatCurrency(amount: number, options?: { currency?: string }): string;
  };
  lines: { value: Line[] };
  shop: { storefrontUrl?: string | undefined };
  query<Data>(query: string, options?: { variables?: Record<string, unknown> }): Promise<{ data?: Data }>;
}

/** A text of locales/*.json. The types allow elements among the values, and so in the answer; ours are plain. */
export const say = (host: Host, key: string, values: Record<string, string | number> = {}) => String(host.i18n.translate(key, values));
