import { useEffect, useState } from 'preact/hooks';
import { askOffers, tellMet, tellSeen, type Suggestion, type Write } from './app';
import { say, type Host, type Line } from './host';

interface Props {
  host: Host;
  lines: Line[];
  heading: string;
  /** Where it stands, as the reports call it. */
  place: string;
  /** Adds it to the checkout and says whether that worked; without it the product is only linked to, and no saving is told: the set's
   * discount asks for the whole set in one cart, and what was ordered is in none any more. */
  add?: (offer: Suggestion) => Promise<boolean>;
  /** Lines may be taken away, so that an upgrade can take the place of one. */
  swap?: boolean;
  write?: Write;
}

/** What would complete a set. Nothing where nothing is missing; nothing either where we cannot be reached: the checkout goes on. */
export function Suggestions({ host, lines, heading, place, add, swap, write }: Props) {
  const [found, setFound] = useState<Suggestion[]>([]);
  const key = lines.map((line) => `${line.merchandise.id}*${line.quantity}`).join();
  useEffect(() => {
    let wanted = true;
    askOffers(host, lines, swap, !!write).then((told) => wanted && setFound(told), () => wanted && setFound([]));
    return () => {
      wanted = false;
    };
  }, [key]);
  const offers = found.filter(({ arm }) => !arm?.held);
  const met = found.map(({ number }) => number).join();
  useEffect(() => {
    tellMet(host, found, place, write).catch(() => {});
  }, [met]);
  if (!offers.length) return null;
  return (
    <s-section heading={say(host, heading)}>
      <s-stack gap="base">
        {offers.map((offer) => <Offered key={offer.variant} host={host} offer={offer} place={place} add={add} />)}
      </s-stack>
    </s-section>
  );
}

function Offered({ host, offer, place, add }: Omit<Props, 'lines' | 'heading'> & { offer: Suggestion }) {
  const [state, setState] = useState<'' | 'adding' | 'failed'>('');
  const put = async () => {
    setState('adding');
    const done = await add!(offer);
    if (done) tellSeen(host, [`a${offer.number}${place}`]);
    setState(done ? '' : 'failed');
  };
  const many = offer.count > 1 ? ` × ${offer.count}` : '';
  return (
    <s-grid gridTemplateColumns={`${offer.image ? 'auto ' : ''}1fr auto`} gap="base" alignItems="center">
      {offer.image && <s-product-thumbnail src={offer.image} alt="" />}
      <s-stack gap="small-200">
        <s-text type="strong">{offer.title}{many}</s-text>
        <s-text>{offer.price}</s-text>
        {offer.instead && <s-text color="subdued">{say(host, 'instead', { title: offer.instead.title })}</s-text>}
        {add && offer.saved && <s-text color="subdued">{say(host, offer.instead ? 'saved_one' : 'saved', { saving: offer.saved })}</s-text>}
        {state === 'failed' && <s-text>{say(host, 'failed')}</s-text>}
      </s-stack>
      {add
        ? <s-button variant="secondary" loading={state === 'adding'} accessibilityLabel={say(host, 'add_title', { title: offer.title })} onClick={put}>{say(host, 'add')}</s-button>
        : <s-link href={`${host.shop.storefrontUrl ?? ''}/products/${offer.handle}?variant=${offer.variant.split('/').pop()}`} target="_blank">{say(host, 'see')}</s-link>}
    </s-grid>
  );
}
