import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { themeCheckRun } from '@shopify/theme-check-node';
import { expect, test } from 'vitest';

const THEME = 'storefront_snippets/theme';
const LARGEST_SCRIPT = 10_000;
const ALL_SCRIPTS = 6_000;
const strings = (file) => JSON.parse(readFileSync(`${THEME}/locales/${file}`, 'utf8'));
const keys = (node, path = '') => Object.entries(node).flatMap(([name, child]) => (typeof child === 'string' ? [path + name] : keys(child, `${path}${name}.`)));

test.each(readdirSync(`${THEME}/assets`).filter((name) => name.endsWith('.js')))('%s is small', (name) => {
  expect(statSync(`${THEME}/assets/${name}`).size).toBeLessThanOrEqual(LARGEST_SCRIPT);
});

test('all our scripts together weigh at most 6 KB compressed', () => {
  const scripts = readdirSync(`${THEME}/assets`).filter((name) => name.endsWith('.js'));
  const weights = scripts.map((name) => gzipSync(readFileSync(`${THEME}/assets/${name}`), { level: 9 }).length);
  expect(weights.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(ALL_SCRIPTS);
});

test.each([['en.default.json', 'de.json'], ['en.default.schema.json', 'de.schema.json']])('%s and %s say the same things', (one, other) => {
  expect(keys(strings(one)).sort()).toEqual(keys(strings(other)).sort());
});

test('every script is deferred and comes from the extension itself', () => {
  for (const block of readdirSync(`${THEME}/blocks`)) {
    for (const [tag] of readFileSync(`${THEME}/blocks/${block}`, 'utf8').matchAll(/<script[^>]*>/g)) expect(tag).toMatch(/src="\{\{ '[a-z-]+\.js' \| asset_url \}\}".* defer>/);
  }
});

test('theme-check sees what is wrong', async () => {
  const copy = join(mkdtempSync(join(tmpdir(), 'theme-')), 'theme');
  cpSync(THEME, copy, { recursive: true });
  writeFileSync(join(copy, 'blocks', 'bad.liquid'), "{{ 'share.nothing' | t }}{{ x | no_such_filter }}{% if %}");
  const { offenses } = await themeCheckRun(copy, 'theme-check:theme-app-extension');
  expect(offenses.length).toBeGreaterThan(0);
});
