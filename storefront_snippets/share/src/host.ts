/** What the components need of the `shopify` global, whichever target they run in: these members and no others. */
export interface Host {
  sessionToken: { get(): Promise<string> };
  i18n: { translate(key: string, values?: Record<string, string | number>): unknown };
  localization: { language: { value: { isoCode: string } } };
}

/** A text of locales/*.json. The types allow elements among the values, and so in the answer; ours are plain. */
export function say(host: Host, key: string, values: Record<string, string | number> = {}): string {
  return String(host.i18n.translate(key, values));
}
