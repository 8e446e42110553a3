// What offers take off lines, and how the margin guard trims it.

import { lines } from './cart';
import * as config from './config';
import { WHOLE } from './entry';
import { GIFT, GROUP, Rule } from './rule';
import { sorted } from './sort';
import { off, rest } from './table';

/** What one offer takes off each line. */
@final
export class Cut {
  constructor(
    readonly rule: Rule,
    readonly amounts: StaticArray<i64>,
  ) {}
}

/** The guard's caps, on what no carried offer has given away: what is too much comes off the offer that was applied last. */
export function trim(cuts: Array<Cut>): void {
  if (config.cap >= WHOLE && config.numberAt(config.caps) == 0) return;
  const loose = new Array<Cut>();
  for (let number = cuts.length - 1; number >= 0; number--) {
    if (!isCarried(cuts[number].rule)) loose.push(cuts[number]);
  }
  for (let at = 0; at < lines.length; at++) trimLine(loose, at, config.valueOf(config.caps, lines[at].product, config.cap));
}

/** Do other goods pay for what it gives? Then the guard has looked at it as a whole. */
function isCarried(rule: Rule): bool {
  if (rule.mechanic != GROUP || rule.whole.kind) return rule.mechanic == GIFT;
  for (let slot = 0; slot < rule.slots.length; slot++) {
    if (rule.slots[slot].gain.kind == 0) return true;
  }
  return false;
}

function trimLine(loose: Array<Cut>, at: i32, cap: i64): void {
  let taken: i64 = 0;
  for (let number = 0; number < loose.length; number++) taken += loose[number].amounts[at];
  let over = taken - ((rest[at] + taken) * cap) / WHOLE;
  for (let number = 0; number < loose.length && over > 0; number++) {
    const less = min(over, loose[number].amounts[at]);
    loose[number].amounts[at] -= less;
    off(at, -less);
    over -= less;
  }
}

/** Shopify takes 20 kB of answer for 200 lines, a line needs up to 150 bytes of it: 13 lines of 20 can have a discount of their own. */
export function fit(cuts: Array<Cut>): void {
  const most = (max(lines.length, 200) * 13) / 20;
  if (sumUp() <= most) return;
  const order = sorted(sums.length, sums, (one: i64, other: i64) => one > other);
  for (let place = most; place < order.length && sums[order[place]] > 0; place++) drop(cuts, order[place]);
}

/** By line: what all offers on goods take off it. */
export let sums = new StaticArray<i64>(0);

/** Answers of how many lines something is taken. Nothing but offers on goods has changed what is to be paid so far. */
function sumUp(): i32 {
  let count = 0;
  sums = new StaticArray<i64>(lines.length);
  for (let at = 0; at < sums.length; at++) {
    const line = unchecked(lines[at]);
    const sum = line.price * line.quantity - unchecked(rest[at]);
    unchecked((sums[at] = sum));
    count += <i32>(sum != 0);
  }
  return count;
}

function drop(cuts: Array<Cut>, at: i32): void {
  off(at, -sums[at]);
  sums[at] = 0;
  for (let number = 0; number < cuts.length; number++) cuts[number].amounts[at] = 0;
}
