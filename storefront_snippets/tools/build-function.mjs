// Compiles the discount Function and says how large it is. Shopify allows 256 kB; ours is to stay far below.
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const LARGEST = 64_000;
const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../discount');
const made = `${folder}/dist/tandem-discount.wasm`;

await mkdir(dirname(made), { recursive: true });
const words = ['src/main.ts', '--baseDir', folder, '--outFile', 'dist/tandem-discount.wasm', '-O3', '--runtime', 'stub', '--use', 'abort=', '--noAssert'];
const { error, stderr } = await asc.main(words);
if (error) {
  console.error(stderr.toString(), error.message);
  process.exit(1);
}
const { size } = await stat(made);
console.log(`tandem-discount.wasm: ${size} bytes of ${LARGEST}`);
if (size > LARGEST) process.exitCode = 1;
