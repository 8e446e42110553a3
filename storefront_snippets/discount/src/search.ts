// Which competing offers are applied, how often and in what order, so that the shopper saves most (docs/offers.md, "The search").
// Depth first, the best next application first. Steps are counted, so that both engines stop at the same place.

import { Application, application } from './applying';
import { atMost, largestGains, together } from './bounds';
import { lines } from './cart';
import { Entry } from './entry';
import { cappedSum } from './wide';

const WORK = 3000;
const OVERHEAD = 16;
const UNKNOWN = u64.MAX_VALUE;

@final
export class Step {
  constructor(
    readonly entry: Entry,
    readonly application: Application,
    readonly times: i64,
  ) {}
}

/** A place in the search: what can be applied next (best first), and which of it is tried now, how many times. */
@final
class Node {
  entries: StaticArray<Entry>;
  found: StaticArray<Application>;
  count: i32 = 0;
  at: i32 = 0;
  times: i64 = 0;
  ceiling: u64 = UNKNOWN;
  saved: u64 = 0;
  step: Step | null = null;
  /** The step's offer, if it was applied fewer times than it could: again would repeat another path. */
  last: Entry | null = null;

  constructor(size: i32) {
    this.entries = new StaticArray<Entry>(size);
    this.found = new StaticArray<Application>(size);
  }

  /** Keeps the options sorted: largest saving first, then by rank. They come nearly so. */
  add(entry: Entry, found: Application): void {
    let place = this.count++;
    for (; place > 0; place--) {
      const before = unchecked(this.found[place - 1]);
      if (before.saving > found.saving) break;
      if (before.saving == found.saving && unchecked(this.entries[place - 1]).rank < entry.rank) break;
      unchecked((this.entries[place] = unchecked(this.entries[place - 1])));
      unchecked((this.found[place] = before));
    }
    unchecked((this.entries[place] = entry));
    unchecked((this.found[place] = found));
  }
}

/** How often an application may be repeated: by units, by the offer's limit, and a tier once. */
function most(entry: Entry, found: Application): i64 {
  if (entry.isTier) return 1;
  return entry.rule.limit ? min(found.most, entry.rule.limit - entry.runs) : found.most;
}

function spent(entry: Entry): bool {
  return entry.isTier ? entry.runs > 0 : entry.rule.limit > 0 && entry.runs >= entry.rule.limit;
}

export function take(left: StaticArray<i64>, found: Application, times: i64): void {
  for (let number = 0; number < found.count; number++) {
    unchecked((left[found.line(number)] -= found.units(number) * times));
  }
}

/** Each offer as often as it can, strictly one after the other. Takes from `left`. */
export function inTurn(entries: StaticArray<Entry>, left: StaticArray<i64>): Array<Step> {
  const steps = new Array<Step>();
  for (let number = 0; number < entries.length; number++) {
    const entry = entries[number];
    while (!spent(entry)) {
      const found = application(entry, left);
      if (found == null) break;
      const times = most(entry, found);
      take(left, found, times);
      entry.runs += times;
      steps.push(new Step(entry, found, times));
    }
  }
  return steps;
}

/** Independent offers are planned apart. `left` is afterwards as before. */
export function bestPlan(entries: StaticArray<Entry>, all: StaticArray<i64>): Array<Step> {
  left = all;
  const parts = components(entries);
  let contested = 0;
  for (let number = 0; number < parts.length; number++) contested += parts[number].length > 1 ? 1 : 0;
  plan = new Array<Step>();
  for (let number = 0; number < parts.length; number++) search(parts[number], WORK / max(1, contested));
  return plan;
}

/** Offers that share a line, directly or through others; each part and all of them in order of rank. */
function components(entries: StaticArray<Entry>): Array<StaticArray<Entry>> {
  const heads = new StaticArray<i32>(entries.length);
  const owners = new StaticArray<i32>(lines.length).fill(-1);
  for (let number = 0; number < entries.length; number++) {
    heads[number] = number;
    const reach = entries[number].reach;
    for (let slot = 0; slot < reach.length; slot++) join(heads, owners, number, reach[slot]);
  }
  const parts = new Array<StaticArray<Entry>>();
  for (let number = 0; number < entries.length; number++) {
    if (headOf(heads, number) == number) parts.push(part(entries, heads, number));
  }
  return parts;
}

function join(heads: StaticArray<i32>, owners: StaticArray<i32>, number: i32, reach: StaticArray<i32>): void {
  for (let place = 0; place < reach.length; place++) {
    const at = unchecked(reach[place]);
    const owner = unchecked(owners[at]);
    unchecked((owners[at] = number));
    if (owner < 0 || owner == number || unchecked(heads[owner]) == unchecked(heads[number])) continue;
    const one = headOf(heads, owner);
    const other = headOf(heads, number);
    heads[max(one, other)] = min(one, other);
  }
}

function headOf(heads: StaticArray<i32>, number: i32): i32 {
  while (unchecked(heads[number]) != number) {
    const next = unchecked(heads[unchecked(heads[number])]);
    unchecked((heads[number] = next)); // the next one who asks has half the way
    number = next;
  }
  return number;
}

function part(entries: StaticArray<Entry>, heads: StaticArray<i32>, head: i32): StaticArray<Entry> {
  const found = new Array<Entry>();
  for (let number = head; number < entries.length; number++) {
    if (headOf(heads, number) == head) found.push(entries[number]);
  }
  return StaticArray.fromArray(found);
}

/** Units left of each line, during a search; the plan of the components searched so far. */
let left = new StaticArray<i64>(0);
let plan = new Array<Step>();
let stack = new Array<Node>();
let best: u64 = 0;
let found = new Array<Step>();
/** Is the path on the stack the best so far, and not yet kept in `found`? */
let unkept = false;
let nodes = 0;
let ended = false;
/** By line: the most that one unit can add to a saving, whichever offer uses it. */
let gains = new StaticArray<i64>(0);
let gainsKnown = false;
let searched = new StaticArray<Entry>(0);

function search(entries: StaticArray<Entry>, work: i32): void {
  searched = entries;
  stack = new Array<Node>();
  found = new Array<Step>();
  best = 0;
  nodes = 0;
  ended = unkept = gainsKnown = false;
  let cost = OVERHEAD;
  for (let number = 0; number < entries.length; number++) cost += entries[number].size;
  enter(root(entries));
  while (stack.length > 0) {
    if (ended && nodes >= work / cost) break;
    const node = stack[stack.length - 1];
    if (nextOf(node)) descend(node);
    else leave();
  }
  if (unkept) keep();
  while (stack.length > 0) back();
  unuse();
  for (let number = 0; number < found.length; number++) plan.push(found[number]);
}

function root(entries: StaticArray<Entry>): Node {
  const node = new Node(entries.length);
  for (let number = 0; number < entries.length; number++) {
    const option = application(entries[number], left);
    if (option != null) node.add(entries[number], option);
  }
  return node;
}

/** Sets what to try next here: each option from as often as it can down to once. False when nothing better can follow. */
function nextOf(node: Node): bool {
  if (ended && node.saved + ceiling(node) <= best) return false;
  while (node.times == 0 && node.at < node.count) {
    const entry = node.entries[node.at];
    if (entry !== node.last) node.times = most(entry, node.found[node.at]);
    if (node.times == 0) node.at++;
  }
  if (node.at < node.count) return true;
  ended = true;
  return false;
}

function descend(node: Node): void {
  const step = new Step(node.entries[node.at], node.found[node.at], node.times);
  if (--node.times == 0) node.at++;
  const entry = step.entry;
  const fewer = step.times < most(entry, step.application);
  take(left, step.application, step.times);
  entry.runs += step.times;
  const next = after(node, step.application);
  next.step = step;
  next.saved = node.saved + step.application.saving * step.times;
  next.last = fewer ? entry : null;
  enter(next);
}

function enter(node: Node): void {
  nodes++;
  stack.push(node);
  if (node.saved > best) {
    best = node.saved;
    unkept = true;
  }
}

/** A step back. What came after the best place was better still, so the best path is whole when the first step back from it is taken. */
function leave(): void {
  if (unkept) keep();
  back();
  unuse();
}

function back(): void {
  const step = stack.pop().step;
  if (step == null) return;
  step.entry.runs -= step.times;
  take(left, step.application, -step.times);
}

function unuse(): void {
  for (let number = 0; number < searched.length; number++) searched[number].used.fill(0);
}

function keep(): void {
  unkept = false;
  found = new Array<Step>();
  for (let number = 1; number < stack.length; number++) found.push(stack[number].step!);
}

/** What can still be applied. An application none of whose lines was used is still the same. */
function after(node: Node, used: Application): Node {
  const next = new Node(node.count);
  const now = ++stamp;
  if (stamps.length < lines.length) stamps = new StaticArray<i32>(lines.length);
  for (let number = 0; number < used.count; number++) unchecked((stamps[used.line(number)] = now));
  for (let number = 0; number < node.count; number++) {
    const entry = unchecked(node.entries[number]);
    if (spent(entry)) continue;
    let option: Application | null = unchecked(node.found[number]);
    if (touched(option!, now)) option = application(entry, left);
    if (option != null) next.add(entry, option);
  }
  return next;
}

let stamps = new StaticArray<i32>(0);
let stamp = 0;

function touched(option: Application, now: i32): bool {
  for (let number = 0; number < option.count; number++) {
    if (unchecked(stamps[option.line(number)]) == now) return true;
  }
  return false;
}

/** More than this cannot be saved from here on. Asked only while `left` is as it was when the node was entered. */
function ceiling(node: Node): u64 {
  if (node.ceiling != UNKNOWN) return node.ceiling;
  if (!gainsKnown) gains = largestGains(searched);
  gainsKnown = true;
  let apart: u64 = 0;
  for (let number = 0; number < node.count; number++) apart = cappedSum(apart, atMost(node.entries[number], left));
  node.ceiling = min(apart, together(gains, left));
  return node.ceiling;
}
