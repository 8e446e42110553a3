import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { Suggestions } from './Suggestions';
import type { Suggestion, Write } from './app';

/** In the checkout itself (Plus alone): what completes a set, added by one press; nothing is added before. */
export default function checkout() {
  render(<Checkout />, document.body);
}

function Checkout() {
  return (
    <Suggestions host={shopify} lines={shopify.lines.value} heading="goes_with" place="checkout" {...(mayAdd() && { add, swap: mayTake() })}
      {...(mayWrite() && { write })} />
  );
}

function mayAdd(): boolean {
  return shopify.instructions.value.lines.canAddCartLine;
}

function mayTake(): boolean {
  return shopify.instructions.value.lines.canRemoveCartLine;
}

function mayWrite(): boolean {
  return shopify.instructions.value.attributes.canUpdateAttributes;
}

const write: Write = async (key, value) => (await shopify.applyAttributeChange({ type: 'updateAttribute', key, value })).type === 'success';

/** What an upgrade takes the place of leaves when the better one is there: never the other way round. */
async function add({ variant, count, number, instead }: Suggestion): Promise<boolean> {
  const told = await shopify.applyCartLinesChange({
    type: 'addCartLine', merchandiseId: variant, quantity: count,
    attributes: [{ key: '_offer', value: String(number) }, { key: '_placement', value: 'checkout' }],
  });
  if (told.type === 'success' && instead) await shopify.applyCartLinesChange({ type: 'removeCartLine', id: instead.id, quantity: 1 });
  return told.type === 'success';
}
