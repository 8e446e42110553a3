/** What the page looks like, of Shopify's own components. It is drawn once and only its words change, so that the focus stays where it is. */
import {
  Banner, BlockStack, Button, CalloutBanner, Heading, Image, Layout, Separator, Text, TextBlock, TextContainer, Tiles, VisuallyHidden,
  type ExtensionPoints,
} from '@shopify/post-purchase-ui-extensions';
import type { Extra } from './asking';
import type { Price } from './price';
import { decimal, minor, money, say, type Word } from './words';

export type Root = Parameters<ExtensionPoints['Checkout::PostPurchase::Render']>[0];
type Child = Root['children'][number];
/** `put` shows an offer, `wait` that it is being added, `tell` what went wrong: then there is only the way on. */
export interface Drawn { put(extra: Extra, price: Price, title: Word): void; wait(): void; tell(word: Word): void }

const BESIDE = [
  { viewportSize: 'small' as const, sizes: [1], maxInlineSize: 0.95 }, { viewportSize: 'medium' as const, sizes: [280, 'fill' as const] },
  { viewportSize: 'large' as const, sizes: [360, 'fill' as const] }];
const ALONE = BESIDE.map((one) => ({ ...one, sizes: [1] }));

export function draw(root: Root, locale: string, accept: () => void, decline: () => void): Drawn {
  const heading = root.createText();
  const offer = root.createComponent(BlockStack, { spacing: 'xtight' });
  const sums = root.createComponent(BlockStack, { spacing: 'tight' });
  const pay = root.createText();
  const no = root.createText(say(locale, 'decline'));
  const accepting = root.createComponent(Button, { submit: true, onPress: accept, loadingLabel: say(locale, 'working') }, [pay]);
  const declining = root.createComponent(Button, { subdued: true, onPress: decline }, [no]);
  const buttons = root.createComponent(BlockStack, { spacing: 'tight' }, [accepting, declining]);
  const picture = root.createComponent(BlockStack);
  const words = root.createComponent(BlockStack, { spacing: 'loose' }, [offer, root.createComponent(Separator), sums, buttons]);
  const layout = root.createComponent(Layout, { maxInlineSize: 0.95, media: ALONE }, [words]);
  root.appendChild(root.createComponent(BlockStack, { spacing: 'loose' }, [callout(root, locale, heading), layout]));
  return {
    put(extra, price, title) {
      heading.updateText(say(locale, title));
      refill(picture, extra.image ? [pictureOf(root, extra.image)] : []);
      layout.updateProps({ media: extra.image ? BESIDE : ALONE });
      if (extra.image) layout.insertChildBefore(picture, words);
      else if (layout.children.includes(picture)) layout.removeChild(picture);
      refill(offer, offerOf(root, locale, extra));
      refill(sums, sumsOf(root, locale, extra, price));
      pay.updateText(say(locale, 'accept', { total: money(locale, price.total, price.currency) }));
    },
    wait() {
      accepting.updateProps({ loading: true });
      declining.updateProps({ disabled: true });
    },
    tell(word) {
      words.insertChildBefore(root.createComponent(Banner, { status: 'critical' }, [say(locale, word)]), buttons);
      buttons.removeChild(accepting);
      declining.updateProps({ disabled: false, subdued: false });
      no.updateText(say(locale, 'onward'));
    },
  };
}

function callout(root: Root, locale: string, heading: Child): Child {
  return root.createComponent(CalloutBanner, {}, [root.createComponent(BlockStack, { spacing: 'xtight' }, [
    root.createComponent(Heading, { level: 1 }, [heading]), root.createComponent(TextBlock, {}, [say(locale, 'about')])])]);
}

function pictureOf(root: Root, source: string): Child {
  return root.createComponent(Image, { source, decorative: true, bordered: true, aspectRatio: 1, fit: 'cover' });
}

function offerOf(root: Root, locale: string, extra: Extra): Child[] {
  const { title, option, count, before, price, currency } = extra;
  const unseen = (word: Word) => root.createComponent(VisuallyHidden, {}, [`${say(locale, word)} `]);
  const saving = money(locale, decimal(minor(before, currency) - minor(price, currency), currency), currency);
  return [
    root.createComponent(Heading, { level: 2 }, [`${title}${option && ` – ${option}`}${count > 1 ? ` × ${count}` : ''}`]),
    root.createComponent(TextBlock, { size: 'large' }, [
      unseen('was'), root.createComponent(Text, { role: 'deletion', subdued: true }, [money(locale, before, currency)]), ' ',
      unseen('now'), root.createComponent(Text, { emphasized: true }, [money(locale, price, currency)])]),
    root.createComponent(TextBlock, {}, [say(locale, 'saved', { saving })])];
}

/** Everything that is paid for it, down to what is charged now. Taxes that are in the price already are not named. */
function sumsOf(root: Root, locale: string, extra: Extra, { shipping, taxes, total, currency }: Price): Child[] {
  const shown = (amount: string) => money(locale, amount, currency);
  const row = (word: Word, amount: string, emphasized = false) => root.createComponent(Tiles, { maxPerLine: 2 }, [
    root.createComponent(TextBlock, { emphasized }, [say(locale, word)]),
    root.createComponent(TextContainer, { alignment: 'trailing' }, [root.createComponent(TextBlock, { emphasized }, [amount])])]);
  const of = (...amounts: string[]) => amounts.reduce((whole, one) => whole + minor(one, currency), 0n);
  const taxed = of(taxes) && of(extra.price, shipping, taxes) === of(total);
  return [
    row('price', shown(extra.price)), row('shipping', of(shipping) ? shown(shipping) : say(locale, 'free')),
    ...(taxed ? [row('taxes', shown(taxes))] : []), row('total', shown(total), true)];
}

function refill(box: { children: readonly Child[]; appendChild(child: Child): unknown; removeChild(child: Child): unknown }, fresh: Child[]) {
  for (const child of [...box.children]) box.removeChild(child);
  for (const child of fresh) box.appendChild(child);
}
