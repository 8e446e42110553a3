// One application of one offer to the units that are left: which units, and what it saves. The canonical choice; nothing is searched.

import { lines } from './cart';
import { bundleCut, Entry, WHOLE, worthOf } from './entry';
import { prices } from './table';

@final
export class Application {
  constructor(
    /** In ten-thousandths of a minor unit, before rounding. */
    readonly saving: i64,
    /** How often it can be repeated, unit for unit the same. */
    readonly most: i64,
    /** So many picks stand from `picks` on, in plain memory (arrays would be filled with zeros first): units, then line and slot. */
    readonly count: i32,
    readonly picks: usize,
  ) {}

  @inline
  line(number: i32): i32 {
    return load<i32>(this.picks + (<usize>number << PICK), 8);
  }

  @inline
  units(number: i32): i64 {
    return load<i64>(this.picks + (<usize>number << PICK));
  }

  /** The slot or step whose gain these units have. */
  @inline
  slot(number: i32): i32 {
    return load<i32>(this.picks + (<usize>number << PICK), 12);
  }
}

/** A pick has 16 bytes. */
const PICK: usize = 4;

/** What was picked so far, in order; and by line how many units of it. */
let pickSlots = new StaticArray<i32>(0);
let pickLines = new StaticArray<i32>(0);
let pickUnits = new StaticArray<i64>(0);
let picks = 0;
let taken = new StaticArray<i64>(0);

/** The next application, or null if there is none or it would save nothing. */
export function application(entry: Entry, left: StaticArray<i64>): Application | null {
  if (taken.length < lines.length) taken = new StaticArray<i64>(lines.length);
  picks = 0;
  const found = entry.isTier ? tier(entry, left) : group(entry, left);
  for (let at = 0; at < picks; at++) unchecked((taken[unchecked(pickLines[at])] = 0));
  return found;
}

function pick(slot: i32, line: i32, units: i64): void {
  if (picks == pickSlots.length) grow();
  unchecked((pickSlots[picks] = slot));
  unchecked((pickLines[picks] = line));
  unchecked((pickUnits[picks] = units));
  picks++;
}

function grow(): void {
  const size = max(256, pickSlots.length * 2);
  pickSlots = grown<i32>(pickSlots, size);
  pickLines = grown<i32>(pickLines, size);
  pickUnits = grown<i64>(pickUnits, size);
}

function grown<T>(from: StaticArray<T>, size: i32): StaticArray<T> {
  const made = new StaticArray<T>(size);
  for (let at = 0; at < from.length; at++) made[at] = from[at];
  return made;
}

function group(entry: Entry, left: StaticArray<i64>): Application | null {
  for (let slot = 0; slot < entry.reach.length; slot++) {
    const short = fill(entry, slot, left);
    if (short > 0 && moved(entry, slot, short, left) > 0) return null;
  }
  const saving = saved(entry);
  return saving > 0 ? made(saving, repeats(left)) : null;
}

/** Takes units for a slot in the order of its reach; answers how many are missing. */
function fill(entry: Entry, slot: i32, left: StaticArray<i64>): i64 {
  const reach = unchecked(entry.reach[slot]);
  let short = unchecked(entry.rule.slots[slot]).count;
  let place = unchecked(entry.used[slot]);
  while (place < reach.length && unchecked(left[unchecked(reach[place])]) == 0) place++;
  unchecked((entry.used[slot] = place));
  for (; short > 0 && place < reach.length; place++) {
    const at = unchecked(reach[place]);
    const units = min(short, unchecked(left[at]) - unchecked(taken[at]));
    if (units == 0) continue;
    pick(slot, at, units);
    unchecked((taken[at] += units));
    short -= units;
  }
  return short;
}

/** Frees units of the slot's lines by moving what other slots took there to other lines of theirs. Still short: by how many. */
function moved(entry: Entry, slot: i32, missing: i64, left: StaticArray<i64>): i64 {
  const reach = entry.reach[slot];
  let short = missing;
  for (let place = 0; short > 0 && place < reach.length; place++) {
    for (let number = 0, before = picks; number < before; number++) {
      if (pickLines[number] == reach[place] && pickSlots[number] != slot) short = moveOne(entry, number, slot, short, left);
    }
  }
  return short;
}

function moveOne(entry: Entry, number: i32, slot: i32, missing: i64, left: StaticArray<i64>): i64 {
  const owner = pickSlots[number];
  const others = entry.reach[owner];
  let short = missing;
  for (let place = 0; short > 0 && place < others.length; place++) {
    const other = others[place];
    const units = min(min(short, pickUnits[number]), left[other] - taken[other]);
    if (units == 0) continue;
    pickUnits[number] -= units;
    pick(owner, other, units);
    pick(slot, pickLines[number], units);
    taken[other] += units;
    short -= units;
  }
  return short;
}

function saved(entry: Entry): i64 {
  let base: i64 = 0;
  let saving: i64 = 0;
  for (let number = 0; number < picks; number++) {
    const price = unchecked(prices[unchecked(pickLines[number])]);
    const units = unchecked(pickUnits[number]);
    const slot = unchecked(pickSlots[number]);
    base += price * units;
    saving += worthOf(unchecked(entry.kinds[slot]), unchecked(entry.values[slot]), price) * units;
  }
  return entry.rule.whole.kind ? bundleCut(entry.rule.whole.kind, entry.wholeValue, base) * WHOLE : saving;
}

function repeats(left: StaticArray<i64>): i64 {
  let most = i64.MAX_VALUE;
  for (let number = 0; number < picks; number++) {
    const at = unchecked(pickLines[number]);
    const units = unchecked(taken[at]);
    if (units == 1) most = min(most, unchecked(left[at]));
    else if (units) most = min(most, unchecked(left[at]) / units);
  }
  return most;
}

function made(saving: i64, most: i64): Application {
  const from = heap.alloc(<usize>picks << PICK);
  let to = from;
  for (let number = 0; number < picks; number++) {
    const units = unchecked(pickUnits[number]);
    if (units == 0) continue;
    store<i64>(to, units);
    store<i32>(to, unchecked(pickLines[number]), 8);
    store<i32>(to, unchecked(pickSlots[number]), 12);
    to += 1 << PICK;
  }
  return new Application(saving, most, <i32>((to - from) >> PICK), from);
}

/** Every group that reaches a step gets that step's gain on all its units. */
function tier(entry: Entry, left: StaticArray<i64>): Application | null {
  for (let number = 0; number < entry.reach.length; number++) {
    const lines = unchecked(entry.reach[number]);
    let total: i64 = 0;
    for (let place = 0; place < lines.length; place++) total += unchecked(left[unchecked(lines[place])]);
    const step = reached(entry, total);
    if (step < 0) continue;
    for (let place = 0; place < lines.length; place++) {
      const at = unchecked(lines[place]);
      if (unchecked(left[at])) pick(step, at, unchecked(left[at]));
    }
  }
  const saving = saved(entry);
  return saving > 0 ? made(saving, 1) : null;
}

/** The last step that so many units reach, -1 if none. */
function reached(entry: Entry, units: i64): i32 {
  const steps = entry.rule.steps;
  let step = -1;
  for (let at = 0; at < steps.length; at++) {
    if (steps[at].count <= units) step = at;
  }
  return step;
}
