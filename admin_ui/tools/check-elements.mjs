// Every s-* tag, attribute, slot and literal value in the templates exists in Shopify's manifest; ends 1 with each fault named.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { faults, manifest } from './elements.mjs';

const root = fileURLToPath(new URL('../templates', import.meta.url));
const tags = manifest();
const templates = globSync('**/*.html', { cwd: root });
const found = templates.flatMap((file) => faults(readFileSync(`${root}/${file}`, 'utf8'), tags).map((fault) => `${file}: ${fault}`));
for (const fault of found) console.error(fault);
console.log(`Polaris elements: ${templates.length} templates, ${found.length} faults`);
process.exitCode = found.length || !templates.length ? 1 : 0;
