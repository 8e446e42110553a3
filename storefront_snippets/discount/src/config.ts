// The compiled configuration: one stream of whole numbers and one list of texts (docs/offers.md, "The configuration").

import { Amounts, Gain, Goods, Rule, Slot } from './rule';
import { integer, nextElement, nextKey, openArray, openObject, skip, text, textFrom, textLength } from './scan';

const VERSION = 1;

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
export let customerTags = 0;
export let sets = new StaticArray<Goods>(0);
export let rules = new StaticArray<Rule>(0);
/** The keys that sign cart attributes, newest first, one after the other in one text; the key of friends' codes; when the configuration was
 * made, YYYYMMDDHHMM. */
export let keyFrom: usize = 0;
export let keyLength = 0;
export let codeKeyFrom: usize = 0;
export let codeKeyLength = 0;
export let made: i64 = 0;
/** What a customer is told who enters a code of their own; as it stands in the input, empty where nothing is refused. */
export let refusalFrom: usize = 0;
export let refusalLength = 0;

/** At most so many numbers fit into two pages of 10,000 bytes, and so many texts are ever needed. */
const MOST = 10_000;
const MOST_TEXTS = 100;
/** Pages read so far, how many the first one says there are, and what all of one configuration have in common. */
let pages: i64 = 0;
let wanted: i64 = 0;
let stamp: i64 = 0;
let texts = 0;

/** Reads a metafield's JSON: the next page. A page that the first one does not ask for is what an earlier, larger configuration left. */
export function readPage(): void {
  if (pages > 0 && pages == wanted) return skip();
  let at: i64 = -1;
  let count: i64 = 0;
  let common: i64 = 0;
  openObject();
  for (let key = nextKey(); key != 0; key = nextKey()) {
    if (key == 110) readNumbers();
    else if (key == 115) readTexts();
    else if (key == 107) readKey();
    else if (key == 99) readCodeKey();
    else if (key == 116) made = integer();
    else if (key == 109) readRefusal();
    else if (key == 112) at = integer();
    else if (key == 111) count = integer();
    else if (key == 120) common = integer();
    else skip();
  }
  if (pages == 0) {
    wanted = count;
    stamp = common;
  }
  if (at == pages && count == wanted && common == stamp) pages++;
}

/** Are all pages of one configuration here? Of another version, or a mixture, is none: better no discount than a wrong one. */
export function isComplete(): bool {
  return pages > 0 && pages == wanted && many > 0 && structure();
}

function readNumbers(): void {
  if (stream == 0) stream = heap.alloc(MOST << 3);
  for (openArray(); nextElement(); many++) {
    if (many == MOST) unreachable();
    store<i64>(stream + (<usize>many << 3), integer());
  }
}

function readTexts(): void {
  if (textsFrom.length == 0) {
    textsFrom = new StaticArray<usize>(MOST_TEXTS);
    textsLength = new StaticArray<i32>(MOST_TEXTS);
  }
  for (openArray(); nextElement(); texts++) {
    text();
    textsFrom[texts] = textFrom;
    textsLength[texts] = textLength;
  }
}

function readKey(): void {
  text();
  keyFrom = textFrom;
  keyLength = textLength;
}

function readCodeKey(): void {
  text();
  codeKeyFrom = textFrom;
  codeKeyLength = textLength;
}

function readRefusal(): void {
  text();
  refusalFrom = textFrom;
  refusalLength = textLength;
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
