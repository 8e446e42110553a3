/** What this extension asks and tells the app, and how long it waits for an order that is still on its way. */
import type { Host } from './host';

/** What comes next, in words; `target` is null where no goal is set and the next reward stands there. */
export interface Goal {
  title: string;
  text: string;
  counted: number;
  target: number | null;
}

export interface Share {
  state: 'ready';
  headline: string;
  friend_gets: string;
  advocate_gets: string;
  terms: string;
  terms_url: string;
  link: string;
  code: string;
  /** Whether friends may read the first name. For the advocate alone, and null where no name is known. */
  name: { first: string; shown: boolean } | null;
  card: Card | null;
  /** For the advocate alone; null after checkout, where an order's id is no proof of who asks. */
  goal: Goal | null;
  texts: { whatsapp: string; sms: string; email: { subject: string; body: string }; x: string; facebook: string; native: string };
}

/** What the shopper may show of themselves; `link` and `text` are null until they made it. */
export interface Card {
  badge: string;
  title: string;
  saved: string | null;
  link: string | null;
  text: string | null;
}

interface Waiting {
  state: 'waiting';
  retry_after: number;
}

export type ShareAnswer = Share | Waiting | { state: 'none' };

export interface Reward {
  id: string;
  state: string;
  label: string;
  why: string;
  display: string;
  about: string | null;
  code: string | null;
  hold_until: string | null;
  expires_at: string | null;
}

export interface Rewards {
  balance: { currency: string; amount: number; display: string }[];
  rewards: Reward[];
}

const TRIES = 8;
const PATIENCE = 10_000;

/** The app answered, and said no. */
export class Answered extends Error {
  constructor(readonly status: number) {
    super(`the app answered ${status}`);
  }
}

/** Asks until the order is known, with growing pauses, at most TRIES times; then `waiting` is the answer. */
export async function askShare(host: Host, orderId: string | null, pause = wait): Promise<ShareAnswer> {
  for (let tried = 1; ; tried += 1) {
    const answer = await ask<ShareAnswer>(host, 'share', { order_id: orderId });
    if (answer.state !== 'waiting' || tried === TRIES) return answer;
    await pause(Math.min(15, answer.retry_after * 1.5 ** (tried - 1)));
  }
}

/** Null where nobody is logged in: their rewards are shown to nobody. */
export async function askRewards(host: Host): Promise<Rewards | null> {
  try {
    return await ask<Rewards>(host, 'rewards');
  } catch (error) {
    if (error instanceof Answered && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

/** Whether friends may read the first name from now on. */
export async function tellName(host: Host, shown: boolean): Promise<boolean> {
  return (await ask<{ shown: boolean }>(host, 'name', { shown })).shown;
}

/** Makes the card, or takes it back. */
export async function tellCard(host: Host, shown: boolean): Promise<Card> {
  return ask<Card>(host, 'card', { shown });
}

async function ask<T>(host: Host, path: string, body?: object): Promise<T> {
  // A token lives about a minute, so every request gets its own.
  const headers = {
    Authorization: `Bearer ${await host.sessionToken.get()}`,
    'Accept-Language': host.localization.language.value.isoCode,
    Accept: 'application/json',
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const answer = await fetch(`${process.env.APP_URL}/extension/${path}`, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok) throw new Answered(answer.status);
  return (await answer.json()) as T;
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
