// A cart attribute counts only if we signed it: `5,123;202612312359;<64 hexadecimal digits>` is marks, the minute until which they hold
// (shop's local time) and the HMAC-SHA256 of all before the last semicolon. There is no clock here: `now` is when the configuration
// was made, so a token may outlive its minute until the next configuration.

import { keyFrom, keyLength, made } from './config';
import { hmac } from './sha256';

const DIGITS = 64;
const MINUTE = 12;

export function proved(from: usize, length: i32): bool {
  const signed = length - DIGITS - 1;
  if (keyLength == 0 || signed <= MINUTE || load<u8>(from + signed) != 59) return false;
  if (load<u8>(from + signed - MINUTE - 1) != 59 || minute(from + signed - MINUTE) < made) return false;
  return isHex(hmac(keyFrom, keyLength, from, signed), from + signed + 1);
}

function minute(from: usize): i64 {
  let value: i64 = 0;
  for (let at = 0; at < MINUTE; at++) {
    const digit = <u32>load<u8>(from + at) - 48;
    if (digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

/** Are the 32 bytes what the 64 digits say? All of them are looked at, so that time tells nothing. */
function isHex(bytes: usize, digits: usize): bool {
  let wrong: u32 = 0;
  for (let at = 0; at < DIGITS; at++) {
    const byte = load<u8>(bytes + (at >> 1));
    const half: u8 = at & 1 ? byte & 15 : byte >> 4;
    wrong |= load<u8>(digits + at) ^ (half < 10 ? 48 + half : 87 + half);
  }
  return wrong == 0;
}
