// An offer made ready for one cart: which lines each slot reaches for, in which order, and what a unit gains.

import { lines } from './cart';
import { AMOUNT, BY_PRODUCT, CHOSEN, DEAREST, Gain, PERCENT, Rule, Slot, TIER } from './rule';
import { byProduct, cheap, dear, inside, prices, valueOf } from './table';

export const WHOLE: i64 = 10_000;
/** No cart is worth more, so a larger amount says the same; ten thousand times this fits 64 bits. */
const LARGEST: i64 = 600_000_000_000_000;

@final
export class Entry {
  /** By slot: lines in the order of taking. By group: lines whose units a tier counts together. */
  reach: StaticArray<StaticArray<i32>> = new StaticArray<StaticArray<i32>>(0);
  /** By slot: so many lines at the beginning of its reach have no units left. */
  used: StaticArray<i32> = new StaticArray<i32>(0);
  /** By slot or step: what a unit gains, as kind and value. */
  kinds: StaticArray<i32> = new StaticArray<i32>(0);
  values: StaticArray<i64> = new StaticArray<i64>(0);
  wholeValue: i64 = 0;
  runs: i64 = 0;

  constructor(
    readonly rank: i32,
    readonly rule: Rule,
  ) {}

  get isTier(): bool {
    return this.rule.mechanic == TIER;
  }

  get unitsOfBundle(): i64 {
    let sum: i64 = 0;
    for (let at = 0; at < this.rule.slots.length; at++) sum += this.rule.slots[at].count;
    return sum;
  }

  get size(): i32 {
    let sum = 0;
    for (let at = 0; at < this.reach.length; at++) sum += this.reach[at].length;
    return sum;
  }
}

export function ready(rank: i32, rule: Rule): Entry {
  const entry = new Entry(rank, rule);
  const tier = rule.mechanic == TIER;
  gains(entry, tier ? rule.steps : rule.slots);
  entry.wholeValue = rule.whole.kind ? min(valueOf(rule.whole), LARGEST) : 0;
  entry.reach = tier ? groups(rule) : reaches(entry);
  entry.used = new StaticArray<i32>(entry.reach.length);
  return entry;
}

function gains(entry: Entry, slots: StaticArray<Slot>): void {
  entry.kinds = new StaticArray<i32>(slots.length);
  entry.values = new StaticArray<i64>(slots.length);
  for (let at = 0; at < slots.length; at++) {
    const gain: Gain = slots[at].gain;
    entry.kinds[at] = gain.kind;
    entry.values[at] = gain.kind ? min(valueOf(gain), LARGEST) : 0;
  }
}

/** What one unit at `price` gains, in ten-thousandths of a minor unit; between nothing and all of it. */
@inline
export function worthOf(kind: i32, value: i64, price: i64): i64 {
  if (kind == PERCENT) return value * price;
  if (kind == AMOUNT) return min(value, price) * WHOLE;
  return kind ? max<i64>(0, price - value) * WHOLE : 0;
}

/** Minor units off one bundle that costs `base`. */
export function bundleCut(kind: i32, value: i64, base: i64): i64 {
  return kind == AMOUNT ? min(value, base) : max<i64>(0, base - value);
}

function reaches(entry: Entry): StaticArray<StaticArray<i32>> {
  const found = new StaticArray<StaticArray<i32>>(entry.rule.slots.length);
  for (let slot = 0; slot < found.length; slot++) found[slot] = reach(entry, slot);
  return found;
}

function reach(entry: Entry, slot: i32): StaticArray<i32> {
  const rule = entry.rule;
  const gains = rule.whole.kind != 0 || entry.kinds[slot] != 0;
  begin();
  if (gains && rule.pick == CHOSEN) {
    gather(cheap, entry, slot, true, false);
    if (!rule.marked) gather(cheap, entry, slot, false, true);
  } else {
    gather(gains == (rule.pick == DEAREST) ? dear : cheap, entry, slot, true, !gains || !rule.marked);
  }
  return gathered();
}

let room = new StaticArray<i32>(0);
let filled = 0;

function begin(): void {
  if (room.length < lines.length) room = new StaticArray<i32>(lines.length);
  filled = 0;
}

function gathered(): StaticArray<i32> {
  return room.slice<StaticArray<i32>>(0, filled);
}

/** Lines of the slot's set where a unit would gain, of those added from this offer, of the others, or of both. */
function gather(order: StaticArray<i32>, entry: Entry, slot: i32, own: bool, others: bool): void {
  const member = inside[entry.rule.slots[slot].goods];
  const number = entry.rule.number;
  const kind = entry.kinds[slot];
  const value = entry.values[slot];
  for (let place = 0; place < order.length; place++) {
    const at = unchecked(order[place]);
    if (!unchecked(member[at])) continue;
    if (!(own && others) && !(unchecked(lines[at]).chosen == number ? own : others)) continue;
    if (kind && worthOf(kind, value, unchecked(prices[at])) <= 0) continue;
    unchecked((room[filled++] = at));
  }
}

/** All lines of a tier's set together, or by product, or each by itself. Which group comes first changes no amount. */
function groups(rule: Rule): StaticArray<StaticArray<i32>> {
  const member = inside[rule.set];
  const found = new Array<StaticArray<i32>>();
  begin();
  for (let place = 0; place < member.length; place++) {
    const at = rule.scope == BY_PRODUCT ? unchecked(byProduct[place]) : place;
    if (!unchecked(member[at])) continue;
    if (filled > 0 && !together(rule.scope, unchecked(room[0]), at)) {
      found.push(gathered());
      filled = 0;
    }
    unchecked((room[filled++] = at));
  }
  if (filled > 0) found.push(gathered());
  return StaticArray.fromArray(found);
}

function together(scope: i32, first: i32, at: i32): bool {
  if (scope == BY_PRODUCT) return lines[first].product == lines[at].product;
  return scope == 0;
}
