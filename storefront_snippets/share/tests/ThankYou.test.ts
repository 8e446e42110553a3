/// <reference types="@shopify/ui-extensions/purchase.thank-you.block.render" />
import { getExtension } from '@shopify/ui-extensions-tester';
import { fireEvent, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answering, NONE, READY, WAITING } from './answers';

const extension = getExtension('purchase.thank-you.block.render');
const page = () => document.body;

beforeEach(() => extension.setUp());
afterEach(() => extension.tearDown());

test('the order that was just placed gets a link to share', async () => {
  extension.shopify.orderConfirmation.value = { order: { id: 'gid://shopify/Order/820982911946154508' }, isFirstOrder: true };
  const { fetch, calls } = answering({ '/extension/share': [READY] });
  extension.fetch = fetch;

  await extension.render();

  await waitFor(() => expect(page().querySelector('s-clipboard-item')?.getAttribute('text')).toBe(READY.link));
  expect(calls[0]).toMatchObject({
    path: '/extension/share',
    body: { order_id: 'gid://shopify/Order/820982911946154508' },
    headers: { Authorization: 'Bearer mock-session-token', 'Accept-Language': 'en' },
  });
  expect(page().querySelector('s-section')?.getAttribute('heading')).toBe(READY.headline);
});

test('each channel carries its prepared text, Facebook the link alone', async () => {
  extension.fetch = answering({ '/extension/share': [READY] }).fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelectorAll('s-button').length).toBeGreaterThan(5));
  const href = (label: string) => [...page().querySelectorAll('s-button')].find((button) => button.textContent === label)?.getAttribute('href');
  expect(href('WhatsApp')).toBe(`https://wa.me/?text=${encodeURIComponent(READY.texts.whatsapp)}`);
  expect(href('Facebook')).toBe(`https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(READY.link)}`);
  expect(href('email')).toBe('mailto:?subject=A%20subject&body=A%20body');
});

test('an order that has not arrived yet is waited for', async () => {
  const { fetch, calls } = answering({ '/extension/share': [WAITING, WAITING, READY] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-clipboard-item')).not.toBeNull());
  expect(calls).toHaveLength(3);
});

test('waiting ends after eight questions, and the shopper may ask again', async () => {
  const { fetch, calls } = answering({ '/extension/share': [WAITING] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-banner')?.textContent).toContain('waiting'));
  expect(calls).toHaveLength(8);
  fireEvent.click(page().querySelector('s-banner s-button')!);
  await waitFor(() => expect(calls).toHaveLength(16));
});

test.each([500, 401, new TypeError('no network')])('%s is said plainly, and again asks again', async (fault) => {
  const { fetch } = answering({ '/extension/share': [fault, READY] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-banner')?.getAttribute('tone')).toBe('critical'));
  fireEvent.click(page().querySelector('s-banner s-button')!);
  await waitFor(() => expect(page().querySelector('s-clipboard-item')).not.toBeNull());
});

test('where there is nothing to share nothing is shown', async () => {
  const { fetch, calls } = answering({ '/extension/share': [NONE] });
  extension.fetch = fetch;
  await extension.render();
  await waitFor(() => expect(page().querySelector('s-skeleton-paragraph')).toBeNull());
  expect(page().textContent).toBe('');
  expect(calls).toHaveLength(1);
});
