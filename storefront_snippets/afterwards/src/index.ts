import { extend } from '@shopify/post-purchase-ui-extensions';
import { shouldRender } from './asking';
import { show } from './page';

extend('Checkout::PostPurchase::ShouldRender', shouldRender);
extend('Checkout::PostPurchase::Render', (root, input) => {
  show(root, input).catch(() => input.done());
});
