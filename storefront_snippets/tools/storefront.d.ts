/** What Shopify puts on `window` in every online store, as far as the blocks use it. */
interface Window {
  Shopify?: {
    routes?: { root?: string };
    currency?: { active?: string; rate?: string };
    customerPrivacy?: { marketingAllowed: () => boolean; analyticsProcessingAllowed: () => boolean };
    loadFeatures?: (features: { name: string; version: string }[], then: (error?: unknown) => void) => void;
  };
}
