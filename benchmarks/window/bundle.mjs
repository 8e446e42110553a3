// `node bundle.mjs NAME`: an npm package with all it needs, as a shop would ship it: bundled and minified, on standard output.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [name] = process.argv.slice(2);
const { outputFiles } = await build({
  stdin: { contents: `export * from '${name}';`, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
  bundle: true, minify: true, format: 'iife', globalName: 'peer', platform: 'browser', target: 'es2022', legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' }, write: false, logLevel: 'error',
});
process.stdout.write(outputFiles[0].contents);
