import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { RewardList } from './RewardList';
import { SharePanel } from './SharePanel';

/** The order's own page, which the shopper comes back to: the link again, and what it has earned. */
export default function orderStatus() {
  render(<OrderStatus />, document.body);
}

function OrderStatus() {
  // A signal: the order may come after the first render, once the shopper has said who they are.
  const orderId = shopify.order.value?.id ?? null;
  return (
    <s-stack gap="base">
      <SharePanel host={shopify} orderId={orderId} />
      <RewardList host={shopify} />
    </s-stack>
  );
}
