// Bundles the UI extension as Shopify's CLI does (one file, shopify.extend per target) and says how large it is.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const LARGEST = 24_000;
const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../share');
const manifest = await readFile(`${folder}/shopify.extension.toml`, 'utf8');
const targets = [...manifest.matchAll(/^module = "(.+)"\ntarget = "(.+)"$/gm)].map(([, module, target]) => ({ module, target }));
const contents = targets
  .map(({ module, target }, n) => `import Target_${n} from '${module}';\nshopify.extend('${target}', (...args) => Target_${n}(...args));`)
  .join('\n');

const { APP_URL } = process.env;
await build({
  stdin: { contents, resolveDir: folder, sourcefile: 'targets.js' },
  outfile: `${folder}/dist/tandem-share.js`,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  // Without APP_URL the name stays in the bundle, so that a host may give it; see share/README.md.
  define: APP_URL ? { 'process.env.APP_URL': JSON.stringify(APP_URL) } : {},
});

const size = gzipSync(await readFile(`${folder}/dist/tandem-share.js`)).length;
console.log(`tandem-share.js: ${targets.length} targets, ${size} bytes compressed of ${LARGEST}`);
if (targets.length === 0 || size > LARGEST) process.exitCode = 1;
