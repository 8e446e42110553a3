// A cart attribute counts only if we signed it: `5,123;202612312359;<64 hexadecimal digits>` is marks, the minute until which they hold
// (shop's local time) and the HMAC-SHA256 of all before the last semicolon. There is no clock here: `now` is when the configuration
// was made, so a token may outlive its minute until the next configuration.

import { codeKeyFrom, codeKeyLength, keyFrom, keyLength, made } from './config';
import { hmac } from './sha256';

const DIGITS = 64;
const MINUTE = 12;
/** Of one key; a configuration has the newest and, for a while, the one before. */
const KEY = 32;
/** A friend's code is six letters of chance and six that prove it, five bits each: Crockford's alphabet, which has no I, L, O and U. */
const CHANCE = 6;
const ALPHABET = memory.data<u8>([
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70, 71, 72, 74, 75, 77, 78, 80, 81, 82, 83, 84, 86, 87, 88, 89, 90,
]);
const capitals = memory.data(CHANCE);

export function proved(from: usize, length: i32): bool {
  const signed = length - DIGITS - 1;
  if (keyLength == 0 || signed <= MINUTE || load<u8>(from + signed) != 59) return false;
  if (load<u8>(from + signed - MINUTE - 1) != 59 || minute(from + signed - MINUTE) < made) return false;
  for (let at = 0; at < keyLength; at += KEY) {
    if (isHex(hmac(keyFrom + at, min(KEY, keyLength - at), from, signed), from + signed + 1)) return true;
  }
  return false;
}

/** Did we make this code for a friend? Its last six letters are the first 30 bits of the HMAC of its first six, as capitals. */
export function provedCode(from: usize, length: i32): bool {
  if (codeKeyLength == 0 || length != 2 * CHANCE) return false;
  for (let at = 0; at < CHANCE; at++) store<u8>(capitals + at, capital(load<u8>(from + at)));
  let bits = bswap<u32>(load<u32>(hmac(codeKeyFrom, codeKeyLength, capitals, CHANCE)));
  let wrong: u32 = 0;
  for (let at = CHANCE; at < 2 * CHANCE; at++, bits <<= 5) wrong |= capital(load<u8>(from + at)) ^ load<u8>(ALPHABET + (bits >> 27));
  return wrong == 0;
}

function capital(byte: u8): u8 {
  return byte >= 97 && byte <= 122 ? byte & 0xdf : byte;
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
