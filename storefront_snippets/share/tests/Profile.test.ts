/// <reference types="@shopify/ui-extensions/customer-account.profile.block.render" />
import { getExtension } from '@shopify/ui-extensions-tester';
import { waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answering, GOAL, NEXT, READY, REWARDS } from './answers';

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

test('how near the goal is', async () => {
  extension.fetch = answering({ '/extension/share': [{ ...READY, goal: GOAL }], '/extension/rewards': [REWARDS] }).fetch;
  await extension.render();
  await waitFor(() => expect(document.body.querySelector('s-progress')?.getAttribute('max')).toBe('4'));
  expect(document.body.querySelector('s-progress')?.getAttribute('value')).toBe('3');
  expect(document.body.textContent).toContain('3 so far, 1 to go');
  expect(document.body.textContent).toContain('For an order of 1 December');
});

test('where no goal is set the next reward stands there', async () => {
  extension.fetch = answering({ '/extension/share': [{ ...READY, goal: NEXT }], '/extension/rewards': [REWARDS] }).fetch;
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('Next reward: £5.00'));
  expect(document.body.querySelector('s-progress')).toBeNull();
});
