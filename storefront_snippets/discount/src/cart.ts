// The cart: lines in canonical order, and everything about them that the configuration asks for.

import { collections, numberAt } from './config';
import { amount } from './decimal';
import { answer, askedFrom, askedLength, flag, id, integer, isNull, nextElement, nextKey, openArray, openObject } from './scan';
import { skip, text, textFrom, textLength, trailing } from './scan';
import { sorted } from './sort';

const MOST_LINES = 500;
const MOST_QUANTITY: i64 = 1_000_000;
const MOST_AMOUNT: i64 = 1_000_000_000_000;
const GIFT_CARD: i32 = 1 << 8;
const SUBSCRIPTION: i32 = 1 << 9;

@final
export class Line {
  idFrom: usize = 0;
  idLength: i32 = 0;
  variant: i64 = 0;
  product: i64 = 0;
  price: i64 = 0;
  quantity: i64 = 0;
  marks: i32 = 0;
  chosen: i64 = 0;
}

export let lines = new StaticArray<Line>(0);
/** Is every line one that a cart can have? Otherwise nobody gets anything. */
export let sound = true;

/** Reads the array of lines. `exponent`: digits of the cart's currency. */
export function readLines(exponent: i32): void {
  const read = new StaticArray<Line>(MOST_LINES);
  let count = 0;
  for (openArray(); nextElement(); count++) {
    const line = readLine(exponent);
    if (count >= MOST_LINES || !isSound(line)) {
      sound = false;
      count = 0;
    }
    read[count] = line;
  }
  const order = sorted(count, read, precedes);
  lines = new StaticArray<Line>(count);
  for (let at = 0; at < count; at++) lines[at] = read[order[at]];
}

function isSound(line: Line): bool {
  return line.quantity > 0 && line.quantity <= MOST_QUANTITY && line.price <= MOST_AMOUNT && line.price * line.quantity <= MOST_AMOUNT;
}

/** By everything that can change an amount, then by the bytes of the id, which a delivery is not told. */
function precedes(one: Line, other: Line): bool {
  if (one.variant != other.variant) return one.variant < other.variant;
  if (one.price != other.price) return one.price < other.price;
  if (one.chosen != other.chosen) return one.chosen < other.chosen;
  if (one.marks != other.marks) return one.marks < other.marks;
  if (one.quantity != other.quantity) return one.quantity < other.quantity;
  const common = min(one.idLength, other.idLength);
  const difference = memory.compare(one.idFrom, other.idFrom, common);
  return difference == 0 ? one.idLength < other.idLength : difference < 0;
}

function readLine(exponent: i32): Line {
  const line = new Line();
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 105) readId(line);
    else if (key == 113) line.quantity = integer();
    else if (key == 99) line.price = readPrice(exponent);
    else if (key == 109) readMerchandise(line);
    else if (key == 111) line.chosen = readChosen();
    else if (key == 115) line.marks |= readSubscription();
    else skip();
  }
  return line;
}

function readId(line: Line): void {
  text();
  line.idFrom = textFrom;
  line.idLength = textLength;
}

/** `{"p":{"a":"12.50"}}` */
function readPrice(exponent: i32): i64 {
  let price: i64 = 0;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    openObject();
    for (let inner = nextKey(); inner != 0; inner = nextKey()) price = amount(exponent);
  }
  return price;
}

/** `null` or `{"v":"7"}`: the number of the offer from which the line was added, 0 for anything else. */
function readChosen(): i64 {
  if (isNull()) return 0;
  let number: i64 = 0;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (!isNull()) number = id();
  }
  return number;
}

function readSubscription(): i32 {
  if (isNull()) return 0;
  skip();
  return SUBSCRIPTION;
}

function readMerchandise(line: Line): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 118) line.variant = id();
    else if (key == 112) readProduct(line);
    else skip();
  }
}

function readProduct(line: Line): void {
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 105) line.product = id();
    else if (key == 103) line.marks |= flag() ? GIFT_CARD : 0;
    else if (key == 99) line.marks |= readCollections();
    else skip();
  }
}

/** `[{"i":"gid://shopify/Collection/7","m":true}, …]` as bits in the order of the configuration. */
function readCollections(): i32 {
  let bits = 0;
  for (openArray(); nextElement(); ) {
    if (answer()) bits |= bitOf(trailing(askedFrom, askedLength));
  }
  return bits;
}

function bitOf(collection: i64): i32 {
  for (let place = 0, count = <i32>numberAt(collections); place < count; place++) {
    if (numberAt(collections + 1 + place) == collection) return 1 << place;
  }
  return 0;
}
