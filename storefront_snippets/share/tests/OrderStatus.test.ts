/// <reference types="@shopify/ui-extensions/customer-account.order-status.block.render" />
import { getExtension } from '@shopify/ui-extensions-tester';
import { waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answering, READY, REWARDS } from './answers';

const extension = getExtension('customer-account.order-status.block.render');
const page = () => document.body;

beforeEach(() => extension.setUp());
afterEach(() => extension.tearDown());

test('the link again, and what it has earned', async () => {
  const { fetch, calls } = answering({ '/extension/share': [READY], '/extension/rewards': [REWARDS] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelectorAll('s-list-item')).toHaveLength(2));
  expect(page().textContent).toContain('Held until 5 December');
  expect(page().textContent).toContain('RWD123456789');
  expect(calls.find((call) => call.path === '/extension/share')?.body).toEqual({ order_id: 'gid://shopify/Order/1' });
});

test.each([401, 403])('a guest (%s) sees no rewards and no error', async (status) => {
  extension.fetch = answering({ '/extension/share': [READY], '/extension/rewards': [status] }).fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-clipboard-item')).not.toBeNull());
  expect(page().querySelector('s-banner')).toBeNull();
  expect(page().querySelectorAll('s-section')).toHaveLength(1);
});

test('rewards that cannot be fetched are said to be so', async () => {
  extension.fetch = answering({ '/extension/share': [READY], '/extension/rewards': [502] }).fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-banner')?.textContent).toContain('rewards_failed'));
});
