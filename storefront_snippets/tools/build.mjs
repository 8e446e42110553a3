// Bundles each UI extension as Shopify's CLI does (one file, shopify.extend per target; the post-purchase extension extends by itself), and
// the theme's scripts, which Shopify serves as they lie there; says how large each is.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const LARGEST = 24_000;
const HOME = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const EXTENSIONS = ['share', 'offers'];
const ONE_FILE = { bundle: true, minify: true, format: 'iife', target: 'es2022', legalComments: 'none' };

/** @param {string} name */
async function extension(name) {
  const folder = `${HOME}/${name}`;
  const manifest = await readFile(`${folder}/shopify.extension.toml`, 'utf8');
  const targets = [...manifest.matchAll(/^module = "(.+)"\ntarget = "(.+)"$/gm)].map(([, module, target]) => ({ module, target }));
  const contents = targets
    .map(({ module, target }, n) => `import Target_${n} from '${module}';\nshopify.extend('${target}', (...args) => Target_${n}(...args));`)
    .join('\n');
  await bundle(name, { stdin: { contents, resolveDir: folder, sourcefile: 'targets.js' }, jsx: 'automatic', jsxImportSource: 'preact' });
  if (targets.length === 0) process.exitCode = 1;
}

/** @param {string} name @param {import('esbuild').BuildOptions} how */
async function bundle(name, how) {
  const { APP_URL } = process.env;
  const outfile = `${HOME}/${name}/dist/tandem-${name}.js`;
  // Without APP_URL the name stays in the bundle, so that a host may give it; see share/README.md.
  await build({ ...ONE_FILE, ...how, outfile, define: APP_URL ? { 'process.env.APP_URL': JSON.stringify(APP_URL) } : {} });
  const size = gzipSync(await readFile(outfile)).length;
  console.log(`tandem-${name}.js: ${size} bytes compressed of ${LARGEST}`);
  if (size > LARGEST) process.exitCode = 1;
}

/** Names of our own that no page, no data and no browser knows may be short. */
const OWN = /^(pieces|piece|rows|tell|follow|due|spec|fill|act|load|ask|reveal|show|mail|copy|send|press|retell|label|lines|counts|prices|rest|left|weights|exact|cut|gained)$/;

/** What every page loads is worth a second look: terser finds some hundredths that esbuild leaves. */
const SMALLEST = { ecma: 2020, toplevel: true, compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true } };

/** `scripts/NAME` becomes `theme/assets/tandem-NAME.js`, or, for a test, stands in another folder. */
export async function scripts(into = `${HOME}/theme/assets`) {
  for (const file of (await readdir(`${HOME}/scripts`)).filter((name) => /\.[jt]s$/.test(name))) {
    const outfile = `${into}/tandem-${file.replace(/\.[jt]s$/, '.js')}`;
    await build({ ...ONE_FILE, entryPoints: [`${HOME}/scripts/${file}`], outfile, mangleProps: OWN });
    await writeFile(outfile, `${(await minify(await readFile(outfile, 'utf8'), SMALLEST)).code}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await scripts();
  for (const name of EXTENSIONS) await extension(name);
  await bundle('afterwards', { entryPoints: [`${HOME}/afterwards/src/index.ts`] });
}
