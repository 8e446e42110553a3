// Compiles the discount Function and says how large it is. Shopify allows 256 kB; ours is to stay far below. The module is replaced whole, since
// a store that runs may load it at any moment.
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const LARGEST = 64_000;
const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../discount');
const made = `${folder}/dist/tandem-discount.wasm`;
const unfinished = `dist/${process.pid}.wasm`;

await mkdir(dirname(made), { recursive: true });
const words = ['src/main.ts', '--baseDir', folder, '--outFile', unfinished, '-O3', '--runtime', 'stub', '--use', 'abort=', '--noAssert'];
const { error, stderr } = await asc.main(words);
if (error) {
  console.error(stderr.toString(), error.message);
  process.exit(1);
}
await rename(`${folder}/${unfinished}`, made);
const { size } = await stat(made);
console.log(`tandem-discount.wasm: ${size} bytes of ${LARGEST}`);
if (size > LARGEST) process.exitCode = 1;
