// @vitest-environment node
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scripts } from '../tools/build.mjs';

const ASSETS = 'storefront_snippets/theme/assets';

test('every script of the theme is what its source says (npm run build)', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'scripts-'));
  await scripts(copy);
  expect(readdirSync(copy).sort()).toEqual(readdirSync(ASSETS).filter((name) => name.endsWith('.js')).sort());
  for (const name of readdirSync(copy)) expect(readFileSync(join(copy, name), 'utf8')).toBe(readFileSync(join(ASSETS, name), 'utf8'));
});
