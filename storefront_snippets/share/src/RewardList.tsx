import { useCallback } from 'preact/hooks';
import { askRewards, type Reward } from './app';
import { say, type Host } from './host';
import { Notice } from './Notice';
import { useAnswer } from './useAnswer';

/** What the shopper earned: pending with the reason, issued with the code. Nothing where nobody is logged in or nothing is there. */
export function RewardList({ host }: { host: Host }) {
  const answer = useAnswer(useCallback(() => askRewards(host), [host]));
  if (answer.state === 'loading') return <s-skeleton-paragraph content={say(host, 'rewards_loading')} />;
  if (answer.state === 'failed') return <Notice host={host} tone="critical" text="rewards_failed" again={answer.again} />;
  if (!answer.value?.rewards.length) return null;
  const { balance, rewards } = answer.value;
  return (
    <s-section heading={say(host, 'rewards')}>
      <s-stack gap="base">
        {balance.map(({ currency, display }) => (
          <s-text key={currency} type="strong">{say(host, 'balance', { amount: display })}</s-text>
        ))}
        <s-unordered-list>
          {rewards.map((reward) => (
            <s-list-item key={reward.id}><Line reward={reward} /></s-list-item>
          ))}
        </s-unordered-list>
      </s-stack>
    </s-section>
  );
}

function Line({ reward }: { reward: Reward }) {
  return (
    <s-stack gap="small-200">
      <s-stack direction="inline" gap="small">
        <s-text type="strong">{reward.display}</s-text>
        <s-text color="subdued">{reward.label}</s-text>
      </s-stack>
      {reward.about && <s-text color="subdued">{reward.about}</s-text>}
      <s-text>{reward.why}</s-text>
      {reward.code && <s-text type="strong">{reward.code}</s-text>}
    </s-stack>
  );
}
