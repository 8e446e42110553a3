// Who buys, where and when: what is proved about the shopper, as marks.

import { ownCode } from './codes';
import { codeMarks, currency, customerTags, exponents, numberAt, rules, textsFrom, textsLength, valueOf } from './config';
import { lines, readLines } from './cart';
import { amount, rate, sameCurrency } from './decimal';
import { proved } from './proof';
import { answer, askedFrom, askedLength, flag, integer, isNull, nextElement, nextKey, openArray, openObject } from './scan';
import { peek, QUOTE, same, skip, text, textFrom, textLength } from './scan';

const MOST_MARKS = 200;
/** Marks beyond it: held out from the offer of the rest. */
const HELD_OUT: i64 = 20_000;
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
/** What all deliveries cost together; -1 while that is not known. */
export let shipping: i64 = -1;
/** More than a cart is ever sent in; what is beyond keeps its price. */
const MOST_GROUPS = 20;
/** Deliveries of known cost: their ids and costs. */
export const groupsFrom = new StaticArray<usize>(MOST_GROUPS);
export const groupsLength = new StaticArray<i32>(MOST_GROUPS);
export const groupCosts = new StaticArray<i64>(MOST_GROUPS);
export let groupCount = 0;

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

/** Who was shown an offer and took a line from it keeps its price, whatever arm the account has that they sign in with later. */
export function keepPromises(): void {
  for (let at = 0; at < markCount; at++) {
    if (marks[at] > HELD_OUT && isChosen(marks[at] - HELD_OUT)) marks[at] = 0;
  }
}

/** Was any line added from this offer? */
export function isChosen(number: i64): bool {
  for (let at = 0; at < lines.length; at++) {
    if (lines[at].chosen == number) return true;
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
    else if (key == 108) readLines(exponent);
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
    if (key == 116) markTags(readTags(rules.length + <i32>numberAt(codeMarks), customerTags));
    else if (key == 102 && !isNull()) readMarks();
    else if (key != 102) skip();
  }
}

/** `[{"t":"vip","m":true}, …]` as bits; the texts from `first` on are the configuration's, `count` of them. */
function readTags(first: i32, count: i32): i32 {
  let bits = 0;
  for (openArray(); nextElement(); ) {
    const has = answer();
    for (let place = 0; has && place < count; place++) {
      const known = first + place;
      if (textsLength[known] == askedLength && same(textsFrom[known], askedFrom, askedLength)) bits |= 1 << place;
    }
  }
  return bits;
}

/** Customer tags are marks 1 to 4. */
function markTags(bits: i32): void {
  for (let place = 0; place < customerTags; place++) {
    if (bits & (1 << place)) mark(place + 1);
  }
}

/** `{"j":[5,1203,"K7…"]}`: marks, and the codes that are the customer's own to give away. */
function readMarks(): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    for (openArray(); nextElement(); ) {
      if (peek() != QUOTE) {
        mark(integer());
        continue;
      }
      text();
      ownCode(textFrom, textLength);
    }
  }
}

/** `[{"i":"gid://…","d":{"c":{"a":"4.99"}}}]`: goods that go apart, such as a subscription's, are a group of their own. */
function readGroups(): void {
  for (openArray(); nextElement(); ) {
    let cost: i64 = -1;
    let from: usize = 0;
    let length = 0;
    openObject();
    for (let key = nextKey(); key != 0; key = nextKey()) {
      if (key == 105) {
        text();
        from = textFrom;
        length = textLength;
      } else if (!isNull()) cost = readOption();
    }
    if (cost >= 0 && length > 0 && groupCount < MOST_GROUPS) keepGroup(from, length, cost);
  }
}

function keepGroup(from: usize, length: i32, cost: i64): void {
  groupsFrom[groupCount] = from;
  groupsLength[groupCount] = length;
  groupCosts[groupCount++] = cost;
  shipping = max(shipping, 0) + cost;
}

function readOption(): i64 {
  let cost: i64 = -1;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) cost = amount(exponent);
  }
  return cost;
}
