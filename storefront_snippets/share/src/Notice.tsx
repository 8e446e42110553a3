import { say, type Host } from './host';

/** One plain sentence and a way on. */
export function Notice({ host, tone, text, again }: { host: Host; tone: 'info' | 'critical'; text: string; again: () => void }) {
  return (
    <s-banner tone={tone}>
      <s-stack gap="small">
        <s-text>{say(host, text)}</s-text>
        <s-button variant="secondary" onClick={again}>{say(host, 'again')}</s-button>
      </s-stack>
    </s-banner>
  );
}
