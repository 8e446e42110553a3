// The cart laid out: who is in which set, what a unit costs now, what is left of each line, amounts in its currency.

import { lines, Line } from './cart';
import * as config from './config';
import { Amounts, Gain, Goods, numbers, PERCENT } from './config';
import { converted } from './decimal';
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
  inside = new StaticArray<StaticArray<bool>>(config.sets.length);
  for (let number = 0; number < inside.length; number++) inside[number] = members(config.sets[number]);
}

function members(goods: Goods): StaticArray<bool> {
  const found = new StaticArray<bool>(lines.length);
  for (let at = 0, count = lines.length; at < count; at++) unchecked((found[at] = isMember(goods, unchecked(lines[at]))));
  return found;
}

function isMember(goods: Goods, line: Line): bool {
  if ((line.marks & goods.withoutMarks) != 0) return false;
  const meant =
    goods.everything ||
    (line.marks & goods.withMarks) != 0 ||
    config.found(goods.products, line.product) ||
    config.found(goods.variants, line.variant);
  return meant && !config.found(goods.notProducts, line.product) && !config.found(goods.notVariants, line.variant);
}

/** A new phase: what other offers left of a line, by its units, rounded down, is what one unit counts as from now on. */
export function reprice(): void {
  const count = lines.length;
  for (let at = 0; at < count; at++) {
    const quantity = unchecked(lines[at]).quantity;
    const left = unchecked(rest[at]);
    unchecked((prices[at] = quantity == 1 ? left : left / quantity));
  }
  cheap = sorted(count, prices, (one: i64, other: i64) => one < other);
  dear = sorted(count, prices, (one: i64, other: i64) => one > other);
}

/** An amount in the cart's currency: the merchant's own for it, or by the rate. */
export function amountOf(amounts: Amounts): i64 {
  const base = numbers[amounts];
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
