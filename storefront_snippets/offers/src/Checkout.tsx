import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { Suggestions } from './Suggestions';
import type { Suggestion } from './app';

/** In the checkout itself (Plus alone): what completes a set, added by one press; nothing is added before. */
export default function checkout() {
  render(<Checkout />, document.body);
}

function Checkout() {
  return <Suggestions host={shopify} lines={shopify.lines.value} heading="goes_with" {...(mayAdd() && { add })} />;
}

function mayAdd(): boolean {
  return shopify.instructions.value.lines.canAddCartLine;
}

async function add({ variant, count, number }: Suggestion): Promise<boolean> {
  const told = await shopify.applyCartLinesChange({
    type: 'addCartLine', merchandiseId: variant, quantity: count, attributes: [{ key: '_offer', value: String(number) }],
  });
  return told.type === 'success';
}
