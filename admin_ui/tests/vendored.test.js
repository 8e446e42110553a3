import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each([
  ['htmx.min.js', 'htmx.org/dist/htmx.min.js'],
  ['htmx.LICENSE', 'htmx.org/LICENSE'],
  ['uplot.min.js', 'uplot/dist/uPlot.iife.min.js'],
  ['uplot.min.css', 'uplot/dist/uPlot.min.css'],
  ['uplot.LICENSE', 'uplot/LICENSE'],
])('%s is the one that was pinned', (ours, pinned) => {
  expect(readFileSync(`admin_ui/static/${ours}`, 'utf8')).toBe(readFileSync(`node_modules/${pinned}`, 'utf8'));
});
