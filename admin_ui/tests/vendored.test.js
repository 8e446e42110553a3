import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the htmx that pages load is the one that was pinned', () => {
  expect(readFileSync('admin_ui/static/htmx.min.js', 'utf8')).toBe(readFileSync('node_modules/htmx.org/dist/htmx.min.js', 'utf8'));
});
