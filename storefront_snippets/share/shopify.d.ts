import '@shopify/ui-extensions';

declare global {
  /** The APP_URL of `.env`, put in when the extension is bundled; see README. */
  const process: { env: { APP_URL: string } };
}

declare module './src/ThankYou.tsx' {
  const shopify: import('@shopify/ui-extensions/purchase.thank-you.block.render').Api;
}

declare module './src/OrderStatus.tsx' {
  const shopify: import('@shopify/ui-extensions/customer-account.order-status.block.render').Api;
}

declare module './src/Profile.tsx' {
  const shopify: import('@shopify/ui-extensions/customer-account.profile.block.render').Api;
}
