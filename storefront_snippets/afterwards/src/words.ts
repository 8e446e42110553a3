/** This kind of extension has no translations of its own, so all languages are in the bundle. */
import ar from '../locales/ar.json';
import de from '../locales/de.json';
import en from '../locales/en.default.json';
import es from '../locales/es.json';
import fr from '../locales/fr.json';
import ja from '../locales/ja.json';
import pt from '../locales/pt-BR.json';

export type Word = keyof typeof en;
const WORDS: Record<string, Record<Word, string>> = { ar, de, en, es, fr, ja, pt };

/** A text in the language of `locale` ("pt-PT" and "de-AT" are found by their language), else in English. */
export function say(locale: string, word: Word, values: Record<string, string> = {}): string {
  const text = (WORDS[locale.split('-')[0]!.toLowerCase()] ?? en)[word];
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

/** Decimal text as a locale writes it. Between letters written from the right a sign with Latin ones ("UK£") needs an isolate to stay whole. */
export function money(locale: string, amount: string, currency: string): string {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency }).formatToParts(Number(amount));
  const fromRight = parts.some(({ value }) => value.includes('\u200f'));
  return parts.map(({ type, value }) => (fromRight && type === 'currency' ? `\u2066${value}\u2069` : value)).join('');
}

const digitsOf = (currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** Minor units, as whole numbers: "12.5" with two digits is 1250. */
export function minor(amount: string, currency: string): bigint {
  const digits = digitsOf(currency);
  const [before, after = ''] = amount.split('.');
  return BigInt(before + after.padEnd(digits, '0').slice(0, digits));
}

/** Minor units as decimal text. */
export function decimal(units: bigint, currency: string): string {
  const digits = digitsOf(currency);
  const written = String(units).padStart(digits + 1, '0');
  return digits ? `${written.slice(0, -digits)}.${written.slice(-digits)}` : written;
}
