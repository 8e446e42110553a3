/// <reference types="@shopify/ui-extensions/customer-account.profile.block.render" />
import { getExtension } from '@shopify/ui-extensions-tester';
import { waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answering, CARD, GOAL, MADE, NEXT, READY, REWARDS } from './answers';

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

const NAME = { first: 'Ada', shown: false };
const find = (selector: string) => document.body.querySelector(selector) as HTMLElement;
const button = (text: string) => [...document.body.querySelectorAll('s-button')].find((one) => one.textContent === text) as HTMLElement;

test('the terms are one tap away', async () => {
  extension.fetch = answering({ '/extension/share': [READY], '/extension/rewards': [REWARDS] }).fetch;
  await extension.render();
  await waitFor(() => expect(find('s-link').getAttribute('href')).toBe(READY.terms_url));
});

test('rewards that are still on their way have their place', async () => {
  extension.fetch = answering({ '/extension/share': [READY], '/extension/rewards': [new Promise(() => {})] }).fetch;
  await extension.render();
  await waitFor(() => expect(find('s-skeleton-paragraph').getAttribute('content')).toBe('rewards_loading'));
});

test('friends read the name only if the shopper says so, and a refusal takes the tick back', async () => {
  const { fetch, calls } = answering({ '/extension/share': [{ ...READY, name: NAME }], '/extension/rewards': [REWARDS], '/extension/name': [{ shown: true }, 500] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(find('s-checkbox')).not.toBeNull());
  find('s-checkbox').dispatchEvent(new Event('change'));
  await waitFor(() => expect(document.body.textContent).toContain('named'));
  expect(calls.at(-1)).toMatchObject({ path: '/extension/name', body: { shown: true } });
  find('s-checkbox').dispatchEvent(new Event('change'));
  await waitFor(() => expect(document.body.textContent).toContain('not_kept'));
  expect(find('s-checkbox').hasAttribute('checked')).toBe(true);
});

test('who has no name that we know is not asked, and before the first friend there is no card', async () => {
  extension.fetch = answering({ '/extension/share': [READY], '/extension/rewards': [REWARDS] }).fetch;
  await extension.render();
  await waitFor(() => expect(find('s-link')).not.toBeNull());
  expect([find('s-checkbox'), button('card_make')]).toEqual([null, undefined]);
});

test('a card is made, sent and taken back by the shopper alone', async () => {
  const { fetch, calls } = answering({ '/extension/share': [{ ...READY, card: CARD }], '/extension/rewards': [REWARDS], '/extension/card': [500, MADE, CARD] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(button('card_make')).toBeDefined());
  button('card_make').click();
  await waitFor(() => expect(document.body.textContent).toContain('not_kept'));
  button('card_make').click();
  await waitFor(() => expect(document.body.textContent).toContain(MADE.link));
  expect(calls.at(-1)).toMatchObject({ path: '/extension/card', body: { shown: true } });
  expect(button('WhatsApp').getAttribute('href')).toBeTruthy();
  expect([...document.body.querySelectorAll('s-button')].map((one) => one.getAttribute('href'))).toContain('https://wa.me/?text=I%20brought%206%20friends%20%26%20more');
  button('card_take_back').click();
  await waitFor(() => expect(document.body.textContent).not.toContain(MADE.link));
  expect(calls.at(-1)?.body).toEqual({ shown: false });
});
