import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The official tester is published as source, so vitest has to transform it together with the extension.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    environment: 'jsdom',
    testTimeout: 60_000, // a busy machine is no fault of the code
    include: ['storefront_snippets/**/tests/*.test.{ts,tsx,js}', 'admin_ui/tests/*.test.js'],
    env: { APP_URL: 'https://tandem.example' },
    server: { deps: { inline: [/ui-extensions-tester/] } },
  },
});
