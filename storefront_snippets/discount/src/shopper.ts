// Who buys, where and when: what is proved about the shopper, as marks.

import { codeMarks, currency, customerTags, exponents, numberAt, rules, tags, textsFrom, textsLength, valueOf } from './config';
import { readLines, readTags } from './cart';
import { amount, rate, sameCurrency } from './decimal';
import { proved } from './proof';
import { flag, integer, isNull, nextElement, nextKey, openArray, openObject, skip, text, textFrom, textLength } from './scan';

const MOST_MARKS = 200;
const marks = new StaticArray<i64>(MOST_MARKS);
let markCount = 0;

export let country: i64 = 0;
/** Of the cart; packed. */
export let money: i64 = 0;
export let exponent = 2;
/** Digits of the cart's currency less those of the shop's. */
export let shift = 0;
/** How many switches have passed. */
export let passed = 0;
/** What the delivery costs; -1 while that is not known. */
export let shipping: i64 = -1;
export let groupFrom: usize = 0;
export let groupLength = 0;

export function mark(value: i64): void {
  if (markCount < MOST_MARKS) marks[markCount++] = value;
}

/** Is any of the list at `from` a mark of the shopper? */
export function marked(from: i32): bool {
  for (let at = 0; at < markCount; at++) {
    for (let place = from + 1, end = place + <i32>numberAt(from); place < end; place++) {
      if (numberAt(place) == unchecked(marks[at])) return true;
    }
  }
  return false;
}

/** Two or three letters as their bytes, the first one highest. */
function packed(): i64 {
  text();
  let value: i64 = 0;
  for (let at = 0; at < textLength; at++) value = (value << 8) | load<u8>(textFrom + at);
  return value;
}

/** `{"l":{"a":true,"b":false}}` */
export function readSwitches(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) passed += flag() ? 1 : 0;
  }
}

/** `{"n":{"i":"DE"}}` */
export function readCountry(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) country = packed();
  }
}

/** `[{"c":"FRIEND-7K"}, …]`: a code that begins with a known prefix proves the prefix's mark. */
export function readCodes(): void {
  for (openArray(); nextElement(); ) {
    openObject();
    for (let key = nextKey(); key != 0; key = nextKey()) {
      text();
      markPrefixes();
    }
  }
}

function markPrefixes(): void {
  for (let place = 0, count = <i32>numberAt(codeMarks); place < count; place++) {
    const known = rules.length + place;
    if (textsLength[known] <= textLength && begins(textsFrom[known], textsLength[known])) mark(numberAt(codeMarks + 1 + place));
  }
}

/** Does the text that was read begin with these bytes, whatever the case of its Latin letters? */
function begins(from: usize, length: i32): bool {
  for (let at = 0; at < length; at++) {
    if (lower(load<u8>(from + at)) != lower(load<u8>(textFrom + at))) return false;
  }
  return true;
}

function lower(byte: u8): u8 {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

export function readRate(): void {
  rate();
}

export function readCart(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 116) readCurrency();
    else if (key == 97) readAttribute();
    else if (key == 98) readBuyer();
    else if (key == 103) readGroups();
    else if (key == 108) readLines(rules.length + <i32>numberAt(codeMarks), exponent);
    else skip();
  }
}

/** `{"s":{"c":"EUR"}}` */
function readCurrency(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) money = packed();
  }
  exponent = <i32>valueOf(exponents, money, 2);
  shift = exponent - <i32>valueOf(exponents, currency, 2);
  if (money == currency) sameCurrency();
}

function readAttribute(): void {
  if (isNull()) return;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (isNull()) continue;
    text();
    if (proved(textFrom, textLength)) markSigned(textFrom);
  }
}

/** Numbers with commas, up to the semicolon. */
function markSigned(from: usize): void {
  let value: i64 = 0;
  for (let byte = load<u8>(from); ; byte = load<u8>(++from)) {
    const digit = <u32>byte - 48;
    if (digit <= 9) {
      value = value * 10 + digit;
      continue;
    }
    mark(value);
    value = 0;
    if (byte != 44) return;
  }
}

/** `null` or `{"c":{"t":[…],"f":{"j":[…]}}}` */
function readBuyer(): void {
  if (isNull()) return;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (!isNull()) readCustomer();
  }
}

function readCustomer(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 116) markTags(readTags(rules.length + <i32>numberAt(codeMarks) + tags, customerTags));
    else if (key == 102 && !isNull()) readMarks();
    else if (key != 102) skip();
  }
}

/** Customer tags are marks 1 to 4. */
function markTags(bits: i32): void {
  for (let place = 0; place < customerTags; place++) {
    if (bits & (1 << place)) mark(place + 1);
  }
}

/** `{"j":[5,1203]}` */
function readMarks(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    for (openArray(); nextElement(); ) mark(integer());
  }
}

/** `[{"i":"gid://…","d":{"c":{"a":"4.99"}}}]`: with several groups each costs its own; the first is discounted. */
function readGroups(): void {
  for (openArray(); nextElement(); ) {
    openObject();
    for (let key = nextKey(); key != 0; key = nextKey()) {
      if (key == 105) readGroupId();
      else if (!isNull()) readOption();
    }
  }
}

function readGroupId(): void {
  text();
  if (groupFrom != 0) return;
  groupFrom = textFrom;
  groupLength = textLength;
}

function readOption(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) {
      const cost = amount(exponent);
      if (shipping < 0) shipping = cost;
    }
  }
}
