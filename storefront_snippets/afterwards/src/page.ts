/**
 * The page after the purchase: an offer, and for who declines it one smaller one, and then the order's own page. Nothing is chosen
 * beforehand, nothing counts down, and declining is one press.
 */
import { askChangeset, extrasOf, named, teller, type Extra, type RenderInput } from './asking';
import { draw, type Root } from './drawing';
import { priceOf, type Price } from './price';
import type { Word } from './words';

type Applied = Awaited<ReturnType<RenderInput['applyChangeset']>>;

/** Every offer that Shopify would charge as we say; none: the order's own page at once. */
export async function show(root: Root, input: RenderInput): Promise<void> {
  const offered: [Extra, Price][] = [];
  const tell = teller(input);
  for (const extra of await named(input, await extrasOf(input))) {
    const price = await priceOf(input, extra);
    if (price) offered.push([extra, price]);
  }
  if (!offered.length) return input.done();
  let at = 0;
  let busy = false;
  const accept = async () => {
    if (busy) return;
    busy = true;
    drawn.wait();
    const [extra] = offered[at]!;
    const failed = await apply(input, extra);
    if (!failed) tell('a', extra.number);
    if (!failed) return input.done();
    offered.length = 0;
    busy = false;
    drawn.tell(failed);
  };
  const decline = () => {
    if (busy) return;
    at += 1;
    if (at < offered.length) put('instead');
    else input.done();
  };
  const put = (title: Word) => {
    drawn.put(...offered[at]!, title);
    tell('s', offered[at]![0].number);
  };
  const drawn = draw(root, input.inputData.locale, accept, decline);
  put('title');
  return root.mount();
}

async function apply(input: RenderInput, extra: Extra): Promise<Word | null> {
  try {
    return wrong(await input.applyChangeset(await askChangeset(input.inputData, extra)));
  } catch {
    return 'failed';
  }
}

/** What went wrong with an accepted offer; null: nothing, the order has it. */
export function wrong({ status, errors }: Pick<Applied, 'status' | 'errors'>): Word | null {
  const codes = errors.map(({ code }) => code);
  if (status === 'processed' || codes.includes('changeset_already_applied')) return null;
  if (status === 'partially_processed') return 'partly';
  if (codes.includes('insufficient_inventory')) return 'sold_out';
  return codes.includes('payment_required') ? 'unpaid' : 'failed';
}
