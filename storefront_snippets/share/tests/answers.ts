/** What the app answers, in the shapes of /extension/share and /extension/rewards. */
export const READY = {
  state: 'ready',
  headline: 'Give 10% off, get £5.00 off',
  friend_gets: '10% off',
  advocate_gets: '£5.00 off',
  terms: 'On orders over £20.',
  link: 'https://north.example/apps/tandem/r/ada',
  code: 'ADA123456789',
  terms_url: 'https://north.example/apps/tandem/terms/1',
  goal: null,
  name: null,
  card: null,
  texts: {
    whatsapp: 'For you & me: https://north.example/apps/tandem/r/ada',
    sms: 'sms text',
    email: { subject: 'A subject', body: 'A body' },
    x: 'x text',
    facebook: 'https://north.example/apps/tandem/r/ada',
    native: 'native text',
  },
};
export const GOAL = { title: 'Your goal: 4 friends', text: '3 so far, 1 to go', counted: 3, target: 4 };
export const NEXT = { title: 'Next reward: £5.00', text: 'For the next friend', counted: 0, target: null };
export const CARD = { badge: 'Good company', title: 'You brought 6 friends', saved: 'They saved £50', link: null, text: null };
export const MADE = { ...CARD, link: 'https://north.example/apps/tandem/card/x', text: 'I brought 6 friends & more' };
export const WAITING = { state: 'waiting', retry_after: 0.001 };
export const NONE = { state: 'none' };
export const REWARDS = {
  balance: [{ currency: 'GBP', amount: 500, display: '£5.00' }],
  rewards: [
    { id: '1', state: 'hold', label: 'Label', why: 'Held until 5 December', display: '£5.00 off', about: 'For an order of 1 December', code: null, hold_until: '2026-12-05', expires_at: null },
    { id: '2', state: 'issued', label: 'Label', why: 'Ready to use', display: '10% off', about: null, code: 'RWD123456789', hold_until: null, expires_at: null },
  ],
};

export interface Call {
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

type Reply = object | number | Error | Promise<never>;

/** A fetch that gives each path its replies in turn (the last one for ever) and keeps what it was asked. */
export function answering(replies: Record<string, Reply[]>): { fetch: typeof globalThis.fetch; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = async (address: RequestInfo | URL, init: RequestInit = {}) => {
    const path = new URL(String(address)).pathname;
    calls.push({ path, body: init.body ? JSON.parse(String(init.body)) : null, headers: { ...(init.headers as Record<string, string>) } });
    const waiting = replies[path] ?? [404];
    const reply = (waiting.length > 1 ? waiting.shift() : waiting[0]) as Reply;
    if (reply instanceof Error) throw reply;
    if (reply instanceof Promise) return reply;
    const status = typeof reply === 'number' ? reply : 'retry_after' in reply ? 202 : 200;
    return new Response(JSON.stringify(reply), { status });
  };
  return { fetch: fetch as typeof globalThis.fetch, calls };
}
