// The compiled configuration: one stream of whole numbers and one list of texts (docs/offers.md, "The configuration").

import { integer, nextElement, nextKey, openArray, openObject, skip, text, textFrom, textLength } from './scan';

const VERSION = 1;

export const GROUP = 1;
export const TIER = 2;
export const GIFT = 3;
export const ORDER = 4;
export const SHIPPING = 5;
export const PERCENT = 1;
export const AMOUNT = 2;
export const PRICE = 3;
export const DEAREST = 1;
export const CHOSEN = 2;
export const BY_PRODUCT = 1;
export const BY_LINE = 2;

/** An amount: where `base, pairs` stand in the stream. */
export type Amounts = i32;

@final
export class Gain {
  kind: i32 = 0;
  basisPoints: i64 = 0;
  amounts: Amounts = 0;
}

@final
export class Goods {
  everything: bool = false;
  withMarks: i32 = 0;
  withoutMarks: i32 = 0;
  /** Where the four lists begin: products, variants and those that are not meant. */
  products: i32 = 0;
  variants: i32 = 0;
  notProducts: i32 = 0;
  notVariants: i32 = 0;
}

@final
export class Slot {
  goods: i32 = 0;
  /** Units of a slot; the least units of a step. */
  count: i64 = 0;
  gain: Gain = new Gain();
}

@final
export class Rule {
  title: i32 = 0;
  number: i64 = 0;
  mechanic: i32 = 0;
  priority: i64 = 0;
  stacks: bool = false;
  opens: i64 = 0;
  goods: i32 = 0;
  quantity: i64 = 0;
  amounts: Amounts = 0;
  countries: i32 = 0;
  currencies: i32 = 0;
  markets: i32 = 0;
  bars: i32 = 0;
  clauses: i32 = 0;
  limit: i64 = 0;
  pick: i32 = 0;
  marked: bool = false;
  whole: Gain = new Gain();
  slots: StaticArray<Slot> = new StaticArray<Slot>(0);
  set: i32 = 0;
  scope: i32 = 0;
  steps: StaticArray<Slot> = new StaticArray<Slot>(0);
  gain: Gain = new Gain();
}

/** All numbers, in plain memory (an array would be filled with zeros first), and how many; texts as they stand in the input. */
let stream: usize = 0;
let many = 0;
export let textsFrom = new StaticArray<usize>(0);
export let textsLength = new StaticArray<i32>(0);

@inline
export function numberAt(place: i32): i64 {
  return load<i64>(stream + (<usize>place << 3));
}

export let currency: i64 = 0;
export let best = true;
export let cap: i64 = 0;
export let exponents = 0;
export let caps = 0;
export let codeMarks = 0;
export let collections = 0;
export let tags = 0;
export let customerTags = 0;
export let sets = new StaticArray<Goods>(0);
export let rules = new StaticArray<Rule>(0);
/** The signing key of cart attributes, as a text; when the configuration was made, YYYYMMDDHHMM. */
export let keyFrom: usize = 0;
export let keyLength = 0;
export let made: i64 = 0;

/** At most so many numbers and texts fit into a page of 10,000 bytes. */
const MOST = 5_000;
const MOST_TEXTS = 100;

/** Reads the metafield's JSON. A configuration of several pages or another version is none: better no discount than a wrong one. */
export function readConfig(): bool {
  let pages: i64 = 0;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 110) readNumbers();
    else if (key == 115) readTexts();
    else if (key == 107) readKey();
    else if (key == 116) made = integer();
    else if (key == 255 && textLength == 2 && load<u16>(textFrom) == 0x666f) pages = integer();
    else skip();
  }
  if (pages != 1 || many == 0) return false;
  return structure();
}

function readNumbers(): void {
  stream = heap.alloc(MOST << 3);
  many = 0;
  for (openArray(); nextElement(); many++) {
    if (many == MOST) unreachable();
    store<i64>(stream + (<usize>many << 3), integer());
  }
}

function readTexts(): void {
  textsFrom = new StaticArray<usize>(MOST_TEXTS);
  textsLength = new StaticArray<i32>(MOST_TEXTS);
  let count = 0;
  for (openArray(); nextElement(); count++) {
    text();
    textsFrom[count] = textFrom;
    textsLength[count] = textLength;
  }
}

function readKey(): void {
  text();
  keyFrom = textFrom;
  keyLength = textLength;
}

let next = 0;

@inline
function take(): i64 {
  return numberAt(next++);
}

/** A list of which each value says what it adds to the one before. */
function ascending(): i32 {
  const from = list(1);
  for (let at = from + 2; at < next; at++) store<i64>(stream + (<usize>at << 3), numberAt(at) + numberAt(at - 1));
  return from;
}

function flag(): bool {
  return take() != 0;
}

/** Passes over a list, or over pairs, and answers where it stands. */
function list(width: i32): i32 {
  const from = next;
  next += 1 + <i32>numberAt(next) * width;
  return from;
}

function amounts(): Amounts {
  const from = next++;
  list(2);
  return from;
}

function gain(): Gain {
  const made = new Gain();
  made.kind = <i32>take();
  made.basisPoints = take();
  made.amounts = amounts();
  return made;
}

function structure(): bool {
  next = 0;
  if (take() != VERSION) return false;
  currency = take();
  best = flag();
  cap = take();
  exponents = list(2);
  caps = list(2);
  list(1);
  codeMarks = list(1);
  collections = list(1);
  tags = <i32>take();
  customerTags = <i32>take();
  sets = new StaticArray<Goods>(<i32>take());
  for (let at = 0; at < sets.length; at++) sets[at] = goods();
  rules = new StaticArray<Rule>(<i32>take());
  for (let at = 0; at < rules.length; at++) rules[at] = rule(at);
  return next == many;
}

function goods(): Goods {
  const made = new Goods();
  made.everything = flag();
  made.withMarks = <i32>take();
  made.withoutMarks = <i32>take();
  made.products = ascending();
  made.variants = ascending();
  made.notProducts = ascending();
  made.notVariants = ascending();
  return made;
}

function rule(title: i32): Rule {
  const made = new Rule();
  made.title = title;
  made.number = take();
  made.mechanic = <i32>take();
  made.priority = take();
  made.stacks = flag();
  needs(made);
  made.limit = take();
  made.pick = <i32>take();
  made.marked = flag();
  made.whole = gain();
  made.slots = slots(true);
  made.set = <i32>take();
  made.scope = <i32>take();
  made.steps = slots(false);
  made.gain = gain();
  return made;
}

function needs(made: Rule): void {
  made.opens = take();
  made.goods = <i32>take();
  made.quantity = take();
  made.amounts = amounts();
  made.countries = list(1);
  made.currencies = list(1);
  made.markets = list(1);
  made.bars = list(1);
  made.clauses = next;
  for (let count = take(); count > 0; count--) list(1);
}

/** Slots (set, count, gain) or steps (count, gain). */
function slots(ofGoods: bool): StaticArray<Slot> {
  const found = new StaticArray<Slot>(<i32>take());
  for (let at = 0; at < found.length; at++) {
    const made = new Slot();
    if (ofGoods) made.goods = <i32>take();
    made.count = take();
    made.gain = gain();
    found[at] = made;
  }
  return found;
}

/** The value of a key among pairs at `from`, or `missing`. */
export function valueOf(from: i32, key: i64, missing: i64): i64 {
  for (let at = from + 1, count = numberAt(from); count > 0; count--, at += 2) {
    if (numberAt(at) == key) return numberAt(at + 1);
  }
  return missing;
}

/** Is the value in the list at `from`? */
export function holds(from: i32, value: i64): bool {
  for (let at = from + 1, end = at + <i32>numberAt(from); at < end; at++) {
    if (numberAt(at) == value) return true;
  }
  return false;
}
