// Decimal texts and whole numbers of a currency's minor unit. No floating point anywhere.

import { text, textFrom, textLength } from './scan';
import { divided, rest } from './wide';

/** A text such as "12.50" as `units` × 10^-`places`. */
let units: u64 = 0;
let places: i32 = 0;

/** Rates keep so many digits after the point; the others are cut. */
const RATE_PLACES = 12;

function read(from: usize, length: i32, most: i32): void {
  units = 0;
  places = 0;
  let point = false;
  for (const end = from + length; from < end; from++) {
    const byte = load<u8>(from);
    if (byte == 46) {
      point = true;
      continue;
    }
    const digit = <u32>byte - 48;
    if (digit > 9) unreachable();
    if (point && places == most) continue;
    if (units > 900_000_000_000_000_000) unreachable();
    units = units * 10 + digit;
    if (point) places++;
  }
}

/** Reads a JSON text such as "12.5" in minor units of a currency with `exponent` digits. */
export function amount(exponent: i32): i64 {
  text();
  read(textFrom, textLength, exponent);
  return units * power(exponent - places);
}

export let rateTop: u64 = 1;
export let rateBottom: u64 = 1;

/** Reads the JSON text of a rate of exchange. Zero ends the run. */
export function rate(): void {
  text();
  read(textFrom, textLength, RATE_PLACES);
  if (units == 0) unreachable();
  rateTop = units;
  rateBottom = power(places);
}

export function sameCurrency(): void {
  rateTop = 1;
  rateBottom = 1;
}

/** `base` by the rate, halves up. `shift`: digits of the cart's currency less those of the shop's. */
export function converted(base: i64, shift: i32): i64 {
  const bottom = shift < 0 ? rateBottom * power(-shift) : rateBottom;
  const quotient = divided(shift > 0 ? base * power(shift) : base, rateTop, bottom);
  return quotient + <u64>(rest >= bottom - rest);
}

export function power(exponent: i32): u64 {
  let value: u64 = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}
