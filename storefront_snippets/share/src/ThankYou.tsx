import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { SharePanel } from './SharePanel';

/** Right after checkout: the order that was just placed makes the shopper an advocate. */
export default function thankYou() {
  render(<SharePanel host={shopify} orderId={shopify.orderConfirmation.value.order.id} />, document.body);
}
