import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { Suggestions } from './Suggestions';

/** The page that the shopper comes back to. */
export default function orderStatus() {
  render(<OrderStatus />, document.body);
}

function OrderStatus() {
  return <Suggestions host={shopify} lines={shopify.lines.value} heading="goes_with_order" place="order_status" />;
}
