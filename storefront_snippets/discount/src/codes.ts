// The codes that were entered: what they prove, and which of them are the customer's own, meant for friends.

import { codeMarks, numberAt, rules, textsFrom, textsLength } from './config';
import { fold, foldedFrom, foldedLength } from './folding';
import { provedCode } from './proof';
import { flag, nextElement, nextKey, openArray, openObject, text, textFrom, textLength } from './scan';
import { mark } from './shopper';

/** What a checkout takes: five codes for goods and the order, and one for shipping. What is told beyond them is not looked at. */
const MOST = 6;
/** The mark of a friend whom somebody sent. */
const REFERRED = 5;
const REJECTABLE: u8 = 1;
const OWN: u8 = 2;

/** As entered, and with their letters folded. */
const from = new StaticArray<usize>(MOST);
const lengths = new StaticArray<i32>(MOST);
const foldedAt = new StaticArray<usize>(MOST);
const foldedLengths = new StaticArray<i32>(MOST);
const traits = new StaticArray<u8>(MOST);
let count = 0;

/** `[{"c":"ANNA-7K","r":true}, …]`: `r` is whether Shopify would let us refuse it. */
export function readCodes(): void {
  for (openArray(); nextElement(); ) {
    let rejectable = false;
    openObject();
    for (let key = nextKey(); key != 0; key = nextKey()) {
      if (key == 114) rejectable = flag();
      else text();
    }
    if (count < MOST) keep(rejectable);
  }
}

function keep(rejectable: bool): void {
  from[count] = textFrom;
  lengths[count] = textLength;
  fold(textFrom, textLength);
  foldedAt[count] = foldedFrom;
  foldedLengths[count] = foldedLength;
  traits[count++] = rejectable ? REJECTABLE : 0;
}

/** A code that the customer may give away but not use. */
export function ownCode(own: usize, length: i32): void {
  for (let at = 0; at < count; at++) {
    if (foldedLengths[at] == length && begins(own, length, foldedAt[at])) traits[at] |= OWN;
  }
}

/** Marks what the codes prove: one that begins with a known prefix its prefix's mark; one that we made for a friend that they were sent.
 * The customer's own prove nothing. */
export function settleCodes(): void {
  for (let at = 0; at < count; at++) {
    if (traits[at] & OWN) continue;
    markPrefixes(foldedAt[at], foldedLengths[at]);
    if (provedCode(foldedAt[at], foldedLengths[at])) mark(REFERRED);
  }
}

function markPrefixes(code: usize, length: i32): void {
  for (let place = 0, known = <i32>numberAt(codeMarks); place < known; place++) {
    const at = rules.length + place;
    if (textsLength[at] <= length && begins(textsFrom[at], textsLength[at], code)) mark(numberAt(codeMarks + 1 + place));
  }
}

/** Does the code begin with these bytes, whatever the case of its letters? Both are folded but for ASCII. */
function begins(bytes: usize, length: i32, code: usize): bool {
  for (let at = 0; at < length; at++) {
    if (lower(load<u8>(bytes + at)) != lower(load<u8>(code + at))) return false;
  }
  return true;
}

function lower(byte: u8): u8 {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/** The place of the next code from `at` on that is to be refused, -1 if there is none. */
export function refusedFrom(at: i32): i32 {
  for (; at < count; at++) {
    if (traits[at] == (REJECTABLE | OWN)) return at;
  }
  return -1;
}

export function codeFrom(at: i32): usize {
  return from[at];
}

export function codeLength(at: i32): i32 {
  return lengths[at];
}
