import { useState } from 'preact/hooks';
import { tellCard, type Card } from './app';
import { say, type Host } from './host';

/** A badge and what the shopper brought about. Nobody else sees it until they make the card, nor once they took it back. */
export function CardPanel({ host, card: before }: { host: Host; card: Card }) {
  const [card, setCard] = useState(before);
  const [failed, setFailed] = useState(false);
  const keep = async (shown: boolean) => {
    setFailed(false);
    try {
      setCard(await tellCard(host, shown));
    } catch {
      setFailed(true);
    }
  };

  return (
    <s-details>
      <s-summary>{say(host, 'card')}</s-summary>
      <s-stack gap="small">
        <s-stack gap="small-200">
          <s-text type="strong">{card.badge}</s-text>
          <s-text>{card.title}</s-text>
          {card.saved && <s-text>{card.saved}</s-text>}
        </s-stack>
        <s-text color="subdued">{say(host, card.link ? 'card_seen' : 'card_about')}</s-text>
        {card.link ? <Made host={host} link={card.link} text={card.text ?? card.link} /> : null}
        {failed && <s-text>{say(host, 'not_kept')}</s-text>}
        <s-button variant="secondary" onClick={() => keep(!card.link)}>{say(host, card.link ? 'card_take_back' : 'card_make')}</s-button>
      </s-stack>
    </s-details>
  );
}

function Made({ host, link, text }: { host: Host; link: string; text: string }) {
  return (
    <s-stack direction="inline" gap="small" alignItems="center">
      <s-text type="strong">{link}</s-text>
      <s-button variant="secondary" command="--copy" commandFor="tandem-card">{say(host, 'copy')}</s-button>
      <s-clipboard-item id="tandem-card" text={link} />
      <s-button variant="secondary" href={`https://wa.me/?text=${encodeURIComponent(text)}`} target="_blank">WhatsApp</s-button>
    </s-stack>
  );
}
