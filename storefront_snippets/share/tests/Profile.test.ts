/// <reference types="@shopify/ui-extensions/customer-account.profile.block.render" />
import { getExtension } from '@shopify/ui-extensions-tester';
import { waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answering, READY, REWARDS } from './answers';

const extension = getExtension('customer-account.profile.block.render');

beforeEach(() => extension.setUp());
afterEach(() => extension.tearDown());

test('the account names no order: the token says who asks', async () => {
  const { fetch, calls } = answering({ '/extension/share': [READY], '/extension/rewards': [REWARDS] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(document.body.querySelectorAll('s-list-item')).toHaveLength(2));
  expect(calls.find((call) => call.path === '/extension/share')?.body).toEqual({ order_id: null });
});
