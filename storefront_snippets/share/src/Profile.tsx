import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { RewardList } from './RewardList';
import { SharePanel } from './SharePanel';

/** The customer's account: no order is meant, the token says who asks. */
export default function profile() {
  render(
    <s-stack gap="base">
      <SharePanel host={shopify} orderId={null} />
      <RewardList host={shopify} />
    </s-stack>,
    document.body,
  );
}
