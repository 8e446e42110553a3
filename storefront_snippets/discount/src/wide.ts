// Products of two whole numbers above 64 bits, divided exactly. Everything here is at least 0.

import { sorted } from './sort';

/** The remainder of the last `divided`. */
export let rest: u64 = 0;

/** `a` × `b` div `c`; the remainder is in `rest`. A quotient above 64 bits ends the run. */
export function divided(a: u64, b: u64, c: u64): u64 {
  if (<i32>(clz(a) + clz(b)) >= 64) {
    const product = a * b;
    const quotient = product / c;
    rest = product - quotient * c;
    return quotient;
  }
  return longDivided(a, b, c);
}

/** `a` × `b` / `c`, halves up. */
export function rounded(a: u64, b: u64, c: u64): u64 {
  const quotient = divided(a, b, c);
  return quotient + <u64>(rest >= c - rest);
}

/** Bit by bit: rare, for amounts of a thousand million and more. */
function longDivided(a: u64, b: u64, c: u64): u64 {
  const low = a * b;
  let high = highHalf(a, b);
  if (high >= c) unreachable();
  let quotient: u64 = 0;
  for (let bit = 63; bit >= 0; bit--) {
    const overflow = high >> 63;
    high = (high << 1) | ((low >> <u64>bit) & 1);
    quotient <<= 1;
    if (overflow != 0 || high >= c) {
      high -= c;
      quotient |= 1;
    }
  }
  rest = high;
  return quotient;
}

function highHalf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** `a` × `b`, at most 2^63: what is larger than any amount stays so. */
export function capped(a: u64, b: u64): u64 {
  return a != 0 && b > (1 << 63) / a ? 1 << 63 : a * b;
}

/** `a` + `b`, at most 2^63. */
export function cappedSum(a: u64, b: u64): u64 {
  const sum = a + b;
  return sum > 1 << 63 ? 1 << 63 : sum;
}

/**
 * Adds `whole` to `parts` at these places in proportion to their weights, summing exactly: what is left goes to the largest remainders,
 * the earliest first.
 */
export function split(whole: i64, places: Array<i32>, weights: StaticArray<i64>, parts: StaticArray<i64>): void {
  let total: i64 = 0;
  for (let number = 0; number < places.length; number++) total += weights[places[number]];
  if (total == 0) return;
  const remainders = new StaticArray<u64>(places.length);
  let over = whole;
  for (let number = 0; number < places.length; number++) {
    const part: i64 = divided(whole, weights[places[number]], total);
    remainders[number] = rest;
    parts[places[number]] += part;
    over -= part;
  }
  if (over == 0) return;
  const order = sorted(places.length, remainders, (one: u64, other: u64) => one > other);
  for (let number = 0; over > 0; number++, over--) parts[places[order[number]]]++;
}
