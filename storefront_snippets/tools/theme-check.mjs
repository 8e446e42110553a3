// Theme Check, as Shopify runs it on theme app extensions; ends 1 with every offence named.
import { resolve, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { themeCheckRun } from '@shopify/theme-check-node';

const root = resolve(fileURLToPath(import.meta.url), '../../theme');
const { offenses } = await themeCheckRun(root, 'theme-check:theme-app-extension');
for (const offence of offenses) {
  const file = relative(root, fileURLToPath(offence.uri));
  console.error(`${file}:${(offence.start?.line ?? 0) + 1} ${offence.check}: ${offence.message}`);
}
console.log(`theme-check: ${offenses.length} offences`);
process.exitCode = offenses.length ? 1 : 0;
