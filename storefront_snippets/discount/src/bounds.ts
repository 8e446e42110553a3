// Upper bounds for what a search can still save: offer by offer, and unit by unit (docs/offers.md, "Cutting").

import { lines } from './cart';
import { Entry, WHOLE, worthOf } from './entry';
import { AMOUNT, PRICE } from './rule';
import { prices } from './table';
import { capped, cappedSum } from './wide';

/** More than this an offer cannot save with what is left. */
export function atMost(entry: Entry, left: StaticArray<i64>): u64 {
  if (entry.isTier) return tierAtMost(entry, left);
  let runs = entry.rule.limit ? entry.rule.limit - entry.runs : i64.MAX_VALUE;
  let base: i64 = 0;
  let saving: u64 = 0;
  for (let slot = 0; slot < entry.reach.length; slot++) {
    const count = entry.rule.slots[slot].count;
    const top = look(entry.reach[slot], left);
    runs = min(runs, units / count);
    base += top * count;
    saving += worthOf(entry.kinds[slot], entry.values[slot], top) * count;
  }
  if (entry.rule.whole.kind == PRICE) saving = max<i64>(0, base - entry.wholeValue) * WHOLE;
  else if (entry.rule.whole.kind) saving = entry.wholeValue * WHOLE;
  return capped(runs, saving);
}

/** Units left, as `look` counted them. */
let units: i64 = 0;

/** Counts the units left of these lines; answers the dearest price among them. */
function look(reach: StaticArray<i32>, left: StaticArray<i64>): i64 {
  let top: i64 = 0;
  units = 0;
  for (let place = 0; place < reach.length; place++) {
    const at = unchecked(reach[place]);
    const here = unchecked(left[at]);
    units += here;
    if (here) top = max(top, unchecked(prices[at]));
  }
  return top;
}

function tierAtMost(entry: Entry, left: StaticArray<i64>): u64 {
  let sum: u64 = 0;
  for (let number = 0; number < entry.reach.length; number++) {
    const group = entry.reach[number];
    for (let place = 0; place < group.length; place++) sum += left[group[place]] * largestStep(entry, prices[group[place]]);
  }
  return sum;
}

function largestStep(entry: Entry, price: i64): i64 {
  let top: i64 = 0;
  for (let step = 0; step < entry.kinds.length; step++) top = max(top, worthOf(entry.kinds[step], entry.values[step], price));
  return top;
}

/** By line: the most that one unit can add to a saving, whichever offer uses it. */
export function largestGains(entries: StaticArray<Entry>): StaticArray<i64> {
  const gains = new StaticArray<i64>(lines.length);
  for (let number = 0; number < entries.length; number++) {
    const entry = entries[number];
    const count = entry.unitsOfBundle;
    for (let slot = 0; slot < entry.reach.length; slot++) {
      const reach = entry.reach[slot];
      for (let place = 0; place < reach.length; place++) {
        const at = unchecked(reach[place]);
        unchecked((gains[at] = max(unchecked(gains[at]), gainOf(entry, slot, count, unchecked(prices[at])))));
      }
    }
  }
  return gains;
}

export function together(gains: StaticArray<i64>, left: StaticArray<i64>): u64 {
  let sum: u64 = 0;
  for (let at = 0; at < gains.length; at++) sum = cappedSum(sum, capped(unchecked(left[at]), unchecked(gains[at])));
  return sum;
}

/** A bundle's amount or price is shared by its units alike, rounded in the unit's favour. */
function gainOf(entry: Entry, slot: i32, count: i64, price: i64): i64 {
  if (entry.isTier) return largestStep(entry, price);
  const kind = entry.rule.whole.kind;
  if (kind == AMOUNT) return (entry.wholeValue * WHOLE + count - 1) / count;
  if (kind) return price * WHOLE - (entry.wholeValue * WHOLE) / count;
  return worthOf(entry.kinds[slot], entry.values[slot], price);
}
