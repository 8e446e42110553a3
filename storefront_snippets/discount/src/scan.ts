// A cursor over the bytes of JSON. Nothing is decoded and nothing is copied: texts are (from, length) in the input.
// What is no JSON ends the run (`unreachable`), so the cart is sold without our discount rather than at a wrong price.

/** Where the cursor stands. */
export let at: usize = 0;
/** The text that `text()` read last, without its quotation marks and with its escapes as they were. */
export let textFrom: usize = 0;
export let textLength: i32 = 0;

export const QUOTE: u8 = 34;
const BACKSLASH: u8 = 92;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;
const QUOTES: u64 = 0x2222222222222222;
/** `"?":` as its four bytes, without the letter. */
const ONE_LETTER: u32 = 0x3a220022;
const ZEROS: u64 = 0x3030303030303030;

let limit: usize = 0;

export function begin(from: usize, end: usize): void {
  at = from;
  limit = end;
}

/** The next byte that is no white space. */
@inline
export function peek(): u8 {
  let byte = load<u8>(at);
  while (byte <= 32) {
    if (byte == 0) unreachable();
    byte = load<u8>(++at);
  }
  return byte;
}

@inline
function expect(wanted: u8): void {
  if (peek() != wanted) unreachable();
  at++;
}

export function openObject(): void {
  expect(123);
}

export function openArray(): void {
  expect(91);
}

/** After `openObject`, until it answers 0: the next key if it has one letter, 255 for any other. The value follows. */
export function nextKey(): u8 {
  const byte = load<u8>(at);
  if (byte == 125) {
    at++;
    return 0;
  }
  if (byte == 44) at++;
  const word = load<u32>(at);
  if ((word & 0xffff00ff) == ONE_LETTER) {
    at += 4;
    return <u8>((word >> 8) & 0xff);
  }
  return nextLongKey();
}

/** With white space, with a longer name, or the end. */
function nextLongKey(): u8 {
  if (peek() == 44) at++;
  if (peek() == 125) {
    at++;
    return 0;
  }
  text();
  expect(58);
  return textLength == 1 ? load<u8>(textFrom) : 255;
}

/** After `openArray`, until it answers false: is there another element? The cursor then stands before it. */
export function nextElement(): bool {
  let byte = peek();
  if (byte == 44) {
    at++;
    byte = peek();
  }
  if (byte != 93) return true;
  at++;
  return false;
}

/** Reads a text into `textFrom` and `textLength`, eight bytes at a time. */
export function text(): void {
  expect(QUOTE);
  const from = at;
  let here = from;
  while (true) {
    const word = load<u64>(here) ^ QUOTES;
    // The highest bit of every byte that was a quotation mark; exact up to the first of them.
    const found = (word - ONES) & ~word & HIGHS;
    here += 8;
    if (found == 0) continue;
    here += <usize>(ctz(found) >> 3) - 8;
    if (load<u8>(here - 1) != BACKSLASH || !isEscaped(here, from)) break;
    here++;
  }
  if (here >= limit) unreachable();
  textFrom = from;
  textLength = <i32>(here - from);
  at = here + 1;
}

/** Does an odd number of backslashes stand before? */
function isEscaped(here: usize, from: usize): bool {
  let before = here;
  while (before > from && load<u8>(before - 1) == BACKSLASH) before--;
  return ((here - before) & 1) == 1;
}

/** Passes over a value of any kind. */
export function skip(): void {
  const first = peek();
  if (first == QUOTE) text();
  else if (first == 123 || first == 91) skipNested();
  else skipWord();
}

function skipNested(): void {
  let depth = 0;
  do {
    const byte = peek();
    if (byte == QUOTE) {
      text();
      continue;
    }
    if (byte == 123 || byte == 91) depth++;
    else if (byte == 125 || byte == 93) depth--;
    at++;
  } while (depth > 0);
}

/** A number, true, false or null. */
function skipWord(): void {
  let byte = load<u8>(at);
  while (byte > 44 && byte != 93 && byte != 125) byte = load<u8>(++at);
  if (byte == 0) unreachable();
}

/** Passes over null and says so; leaves anything else. */
export function isNull(): bool {
  if (peek() != 110) return false;
  at += 4;
  return true;
}

/** Reads true or false. */
export function flag(): bool {
  const yes = peek() == 116;
  at += yes ? 4 : 5;
  return yes;
}

/** Reads a whole number. */
export function integer(): i64 {
  let byte = peek();
  const negative = byte == 45;
  if (negative) byte = load<u8>(++at);
  let digit = <u32>byte - 48;
  if (digit > 9) unreachable();
  let value: i64 = 0;
  while (digit <= 9) {
    value = value * 10 + digit;
    digit = <u32>load<u8>(++at) - 48;
  }
  return negative ? -value : value;
}

/** Reads a text that ends in digits, such as a global id, and answers their number: `gid://shopify/Product/7` is 7. */
export function id(): i64 {
  text();
  return trailing(textFrom, textLength);
}

/** The number that stands at the end of a text. */
export function trailing(from: usize, length: i32): i64 {
  let place: i64 = 1;
  let value: i64 = 0;
  let here = from + length;
  if (length > 8 && areDigits(load<u64>(here - 8) ^ ZEROS)) {
    here -= 8;
    value = eight(load<u64>(here) ^ ZEROS);
    place = 100_000_000;
  }
  while (here > from) {
    const digit = <u32>load<u8>(--here) - 48;
    if (digit > 9) break;
    value += <i64>digit * place;
    place *= 10;
  }
  return value;
}

/** Are all eight bytes below ten? */
@inline
function areDigits(word: u64): bool {
  return ((word | (word + 0x7676767676767676)) & HIGHS) == 0;
}

/** Eight digits, the first in the lowest byte, as a number: pairs, then fours, then all. */
@inline
function eight(word: u64): u64 {
  const pairs = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  return (fours * 10_000 + (fours >> 32)) & 0xffffffff;
}

/** What an answer was about: the id of a collection, or a tag. */
export let askedFrom: usize = 0;
export let askedLength: i32 = 0;

/** `{"i":"gid://shopify/Collection/7","m":true}` or `{"t":"vip","m":false}`: is it so? */
export function answer(): bool {
  let so = false;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 109) so = flag();
    else {
      text();
      askedFrom = textFrom;
      askedLength = textLength;
    }
  }
  return so;
}

/** Are these bytes and those the same? */
export function same(from: usize, other: usize, length: i32): bool {
  return memory.compare(from, other, length) == 0;
}
