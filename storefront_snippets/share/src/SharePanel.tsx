import { useCallback } from 'preact/hooks';
import { askShare, type Goal, type Share } from './app';
import { CardPanel } from './CardPanel';
import { say, type Host } from './host';
import { NameChoice } from './NameChoice';
import { Notice } from './Notice';
import { useAnswer } from './useAnswer';

/** The shopper's link and the ways to send it. `orderId` may enrol them; without one only a known customer gets a link. */
export function SharePanel({ host, orderId }: { host: Host; orderId: string | null }) {
  const answer = useAnswer(useCallback(() => askShare(host, orderId), [host, orderId]));
  if (answer.state === 'loading') return <s-skeleton-paragraph content={say(host, 'loading')} />;
  if (answer.state === 'failed') return <Notice host={host} tone="critical" text="failed" again={answer.again} />;
  if (answer.value.state === 'waiting') return <Notice host={host} tone="info" text="waiting" again={answer.again} />;
  if (answer.value.state === 'none') return null;
  return <Ready host={host} share={answer.value} />;
}

function Ready({ host, share }: { host: Host; share: Share }) {
  return (
    <s-section heading={share.headline}>
      <s-stack gap="base">
        {share.goal && <Progress goal={share.goal} />}
        <s-paragraph>{share.terms} <s-link href={share.terms_url} target="_blank">{say(host, 'all_terms')}</s-link></s-paragraph>
        <s-stack direction="inline" gap="small" alignItems="center">
          <s-text type="strong">{share.link}</s-text>
          <s-button variant="primary" command="--copy" commandFor="tandem-link">{say(host, 'copy')}</s-button>
          <s-clipboard-item id="tandem-link" text={share.link} />
        </s-stack>
        <Channels host={host} share={share} />
        <s-details>
          <s-summary>{say(host, 'qr')}</s-summary>
          <s-qr-code content={share.link} accessibilityLabel={say(host, 'qr')} />
        </s-details>
        {share.name && <NameChoice host={host} name={share.name} />}
        {share.card && <CardPanel host={host} card={share.card} />}
      </s-stack>
    </s-section>
  );
}

/** How near the goal is; where there is none, what the next friend brings: a goal that looks far is worse than none. */
function Progress({ goal }: { goal: Goal }) {
  return (
    <s-stack gap="small-200">
      <s-text type="strong">{goal.title}</s-text>
      {goal.target !== null && <s-progress value={goal.counted} max={goal.target} accessibilityLabel={goal.title} />}
      <s-text color="subdued">{goal.text}</s-text>
    </s-stack>
  );
}

/** The shopper sends, from their own account; no friend's address passes through us. */
function Channels({ host, share: { texts, link } }: { host: Host; share: Share }) {
  const encode = encodeURIComponent;
  const channels: [label: string, href: string][] = [
    ['WhatsApp', `https://wa.me/?text=${encode(texts.whatsapp)}`],
    [say(host, 'sms'), `sms:?&body=${encode(texts.sms)}`],
    [say(host, 'email'), `mailto:?subject=${encode(texts.email.subject)}&body=${encode(texts.email.body)}`],
    ['X', `https://x.com/intent/post?text=${encode(texts.x)}`],
    ['Facebook', `https://www.facebook.com/sharer/sharer.php?u=${encode(link)}`],
  ];
  return (
    <s-stack direction="inline" gap="small">
      {channels.map(([label, href]) => (
        <s-button key={label} variant="secondary" href={href} target="_blank">{label}</s-button>
      ))}
    </s-stack>
  );
}
