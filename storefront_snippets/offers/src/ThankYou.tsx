import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { Suggestions } from './Suggestions';

/** After the purchase: what goes with it, for the next time. */
export default function thankYou() {
  render(<ThankYou />, document.body);
}

function ThankYou() {
  return <Suggestions host={shopify} lines={shopify.lines.value} heading="goes_with_order" place="thank_you" />;
}
