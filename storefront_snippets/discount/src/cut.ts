// What offers take off lines, and how the margin guard trims it.

import { lines } from './cart';
import * as config from './config';
import { GIFT, GROUP, Rule } from './config';
import { WHOLE } from './entry';
import { rest } from './table';

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
  if (config.cap >= WHOLE && config.numbers[config.caps] == 0) return;
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
    rest[at] += less;
    over -= less;
  }
}
