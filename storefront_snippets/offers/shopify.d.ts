import '@shopify/ui-extensions';

declare global {
  /** The APP_URL of `.env`, put in when the extension is bundled; see share/README.md. */
  const process: { env: { APP_URL: string } };
}

declare module './src/Checkout.tsx' {
  const shopify: import('@shopify/ui-extensions/purchase.checkout.block.render').Api;
}

declare module './src/ThankYou.tsx' {
  const shopify: import('@shopify/ui-extensions/purchase.thank-you.block.render').Api;
}

declare module './src/OrderStatus.tsx' {
  const shopify: import('@shopify/ui-extensions/customer-account.order-status.block.render').Api;
}
