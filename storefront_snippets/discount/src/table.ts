// The cart laid out: who is in which set, what a unit costs now, what is left of each line, amounts in its currency.

import { lines, Line } from './cart';
import * as config from './config';
import { numberAt } from './config';
import { converted } from './decimal';
import { Amounts, Gain, Goods, PERCENT } from './rule';
import { money, shift } from './shopper';
import { sorted } from './sort';

/** By line: what is still to be paid, units that no offer has used, and what one unit counts as in this phase. */
export let rest = new StaticArray<i64>(0);
export let free = new StaticArray<i64>(0);
export let prices = new StaticArray<i64>(0);
/** Lines by price, cheapest first and dearest first; equal ones in canonical order. */
export let cheap = new StaticArray<i32>(0);
export let dear = new StaticArray<i32>(0);
/** By set: is the line in it? */
export let inside = new StaticArray<StaticArray<bool>>(0);

export function lay(): void {
  const count = lines.length;
  rest = new StaticArray<i64>(count);
  free = new StaticArray<i64>(count);
  prices = new StaticArray<i64>(count);
  for (let at = 0; at < count; at++) {
    const line = lines[at];
    rest[at] = line.price * line.quantity;
    free[at] = line.quantity;
  }
  for (let at = 0; at < count; at++) anyMarks |= lines[at].marks;
  byProduct = sorted(count, lines, (one: Line, other: Line) => one.product < other.product);
  inside = new StaticArray<StaticArray<bool>>(config.sets.length);
  for (let number = 0; number < inside.length; number++) inside[number] = members(config.sets[number]);
}

function members(goods: Goods): StaticArray<bool> {
  const member = new StaticArray<bool>(lines.length);
  if (goods.everything) member.fill(true);
  else {
    markProducts(member, goods.products, true);
    markVariants(member, goods.variants, true);
    if ((goods.withMarks & anyMarks) != 0) markMarked(member, goods.withMarks, true);
  }
  markProducts(member, goods.notProducts, false);
  markVariants(member, goods.notVariants, false);
  if ((goods.withoutMarks & anyMarks) != 0) markMarked(member, goods.withoutMarks, false);
  return member;
}

/** All marks of all lines, and the lines by product. */
let anyMarks = 0;
export let byProduct = new StaticArray<i32>(0);

function markProducts(member: StaticArray<bool>, list: i32, value: bool): void {
  const count = byProduct.length;
  for (let at = list + 1, end = at + <i32>config.numberAt(list); at < end; at++) {
    const product = config.numberAt(at);
    let low = 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >> 1;
      if (unchecked(lines[unchecked(byProduct[middle])]).product < product) low = middle + 1;
      else high = middle;
    }
    for (; low < count && lines[byProduct[low]].product == product; low++) member[byProduct[low]] = value;
  }
}

/** Lines stand by variant already. */
function markVariants(member: StaticArray<bool>, list: i32, value: bool): void {
  const count = lines.length;
  for (let at = list + 1, end = at + <i32>config.numberAt(list); at < end; at++) {
    const variant = config.numberAt(at);
    let low = 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >> 1;
      if (unchecked(lines[middle]).variant < variant) low = middle + 1;
      else high = middle;
    }
    for (; low < count && lines[low].variant == variant; low++) member[low] = value;
  }
}

function markMarked(member: StaticArray<bool>, marks: i32, value: bool): void {
  for (let at = 0; at < member.length; at++) {
    if ((unchecked(lines[at]).marks & marks) != 0) unchecked((member[at] = value));
  }
}

/** What offers took off lines since they were last priced. */
let stale = true;

export function off(at: i32, amount: i64): void {
  rest[at] -= amount;
  stale = true;
}

/** A new phase: what other offers left of a line, by its units, rounded down, is what one unit counts as from now on. */
export function reprice(): void {
  if (!stale) return;
  stale = false;
  const count = lines.length;
  const first = cheap.length != count;
  if (first) changed = new StaticArray<bool>(count);
  for (let at = 0; at < count; at++) {
    const quantity = unchecked(lines[at]).quantity;
    const left = unchecked(rest[at]);
    const price = quantity == 1 ? left : left / quantity;
    unchecked((changed[at] = price != unchecked(prices[at])));
    unchecked((prices[at] = price));
  }
  if (first) {
    cheap = sorted(count, prices, (one: i64, other: i64) => one < other);
    dear = turned(cheap);
    moved = new StaticArray<i32>(count);
  } else {
    resort(cheap, 1);
    resort(dear, -1);
  }
}

/** The other way round; what is equal stays in order. */
function turned(order: StaticArray<i32>): StaticArray<i32> {
  const found = new StaticArray<i32>(order.length);
  for (let end = order.length, to = 0; end > 0; ) {
    const price = unchecked(prices[unchecked(order[end - 1])]);
    let from = end - 1;
    while (from > 0 && unchecked(prices[unchecked(order[from - 1])]) == price) from--;
    for (let place = from; place < end; place++) unchecked((found[to++] = unchecked(order[place])));
    end = from;
  }
  return found;
}

/** By line: has its price changed since the phase before? And room for those lines. */
let changed = new StaticArray<bool>(0);
let moved = new StaticArray<i32>(0);

/** Lines whose price changed are taken out, put in order (of which they keep the most) and merged in again, from the end.
 * `sign`: 1 the cheapest first, -1 the dearest. */
function resort(order: StaticArray<i32>, sign: i64): void {
  let kept = 0;
  let many = 0;
  for (let place = 0; place < order.length; place++) {
    const at = unchecked(order[place]);
    if (unchecked(changed[at])) insert(at, many++, sign);
    else unchecked((order[kept++] = at));
  }
  for (let to = order.length - 1; many > 0; to--) {
    const last = unchecked(moved[many - 1]);
    if (kept > 0 && follows(unchecked(order[kept - 1]), last, sign)) unchecked((order[to] = unchecked(order[--kept])));
    else {
      unchecked((order[to] = last));
      many--;
    }
  }
}

/** Puts a line among the `many` that moved so far: mostly at their end, else where halving finds its place. */
function insert(at: i32, many: i32, sign: i64): void {
  let low = many;
  if (many > 0 && follows(unchecked(moved[many - 1]), at, sign)) {
    low = 0;
    for (let high = many - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (follows(unchecked(moved[middle]), at, sign)) high = middle;
      else low = middle + 1;
    }
    const from = changetype<usize>(moved) + (<usize>low << 2);
    memory.copy(from + 4, from, <usize>(many - low) << 2);
  }
  unchecked((moved[low] = at));
}

@inline
function follows(one: i32, other: i32, sign: i64): bool {
  const difference = (unchecked(prices[one]) - unchecked(prices[other])) * sign;
  return difference > 0 || (difference == 0 && one > other);
}

/** An amount in the cart's currency: the merchant's own for it, or by the rate. */
export function amountOf(amounts: Amounts): i64 {
  const base = numberAt(amounts);
  const fixed = config.valueOf(amounts + 1, money, -1);
  if (fixed >= 0) return fixed;
  return base == 0 || money == config.currency ? base : converted(base, shift);
}

/** Basis points, or minor units of the cart's currency. */
export function valueOf(gain: Gain): i64 {
  return gain.kind == PERCENT ? gain.basisPoints : amountOf(gain.amounts);
}

export function quantityOf(set: i32): i64 {
  const member = inside[set];
  let sum: i64 = 0;
  for (let at = 0; at < member.length; at++) sum += unchecked(member[at]) ? unchecked(lines[at]).quantity : 0;
  return sum;
}

/** What is to be paid for the goods of a set. */
export function worthOfSet(set: i32): i64 {
  const member = inside[set];
  let sum: i64 = 0;
  for (let at = 0; at < member.length; at++) sum += unchecked(member[at]) ? unchecked(rest[at]) : 0;
  return sum;
}
