import { useEffect, useState } from 'preact/hooks';
import { askOffers, type Suggestion } from './app';
import { say, type Host, type Line } from './host';

interface Props {
  host: Host;
  lines: Line[];
  heading: string;
  /** Adds it to the checkout and says whether that worked; without it the product is only linked to. */
  add?: (offer: Suggestion) => Promise<boolean>;
}

/** What would complete a set. Nothing where nothing is missing; nothing either where we cannot be reached: the checkout goes on. */
export function Suggestions({ host, lines, heading, add }: Props) {
  const [offers, setOffers] = useState<Suggestion[]>([]);
  const key = lines.map((line) => `${line.merchandise.id}*${line.quantity}`).join();
  useEffect(() => {
    let wanted = true;
    askOffers(host, lines).then((found) => wanted && setOffers(found), () => wanted && setOffers([]));
    return () => {
      wanted = false;
    };
  }, [key]);
  if (!offers.length) return null;
  return (
    <s-section heading={say(host, heading)}>
      <s-stack gap="base">
        {offers.map((offer) => <Offered key={offer.variant} host={host} offer={offer} add={add} />)}
      </s-stack>
    </s-section>
  );
}

function Offered({ host, offer, add }: { host: Host; offer: Suggestion; add: Props['add'] }) {
  const [state, setState] = useState<'' | 'adding' | 'failed'>('');
  const put = async () => {
    setState('adding');
    setState((await add!(offer)) ? '' : 'failed');
  };
  const many = offer.count > 1 ? ` × ${offer.count}` : '';
  return (
    <s-stack direction="inline" gap="base" alignItems="center">
      {offer.image && <s-product-thumbnail src={offer.image} alt="" />}
      <s-stack gap="small-200">
        <s-text type="strong">{offer.title}{many}</s-text>
        <s-text>{offer.price}</s-text>
        {offer.saved && <s-text color="subdued">{say(host, 'saved', { saving: offer.saved })}</s-text>}
        {state === 'failed' && <s-text>{say(host, 'failed')}</s-text>}
      </s-stack>
      {add
        ? <s-button variant="secondary" loading={state === 'adding'} accessibilityLabel={say(host, 'add_title', { title: offer.title })} onClick={put}>{say(host, 'add')}</s-button>
        : <s-link href={`${host.shop.storefrontUrl ?? ''}/products/${offer.handle}?variant=${offer.variant.split('/').pop()}`} target="_blank">{say(host, 'see')}</s-link>}
    </s-stack>
  );
}
