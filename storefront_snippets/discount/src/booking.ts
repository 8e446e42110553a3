// What applications take off each line: rounded once a line and offer, then taken off what is still to be paid.

import { Application } from './applying';
import { lines } from './cart';
import { Cut } from './cut';
import { bundleCut, Entry, WHOLE, worthOf } from './entry';
import { PERCENT } from './rule';
import { Step } from './search';
import { off, prices, rest } from './table';
import { rounded, split } from './wide';

/** In the order of applying; the last is trimmed first. */
export let cuts = new Array<Cut>();

/** Amounts of all offers on what is to be paid now, then taken off. */
export function book(entries: StaticArray<Entry>, steps: Array<Step>): void {
  const first = cuts.length;
  for (let number = 0; number < entries.length; number++) {
    const amounts = amountsOf(entries[number], steps);
    if (amounts != null) cuts.push(new Cut(entries[number].rule, amounts));
  }
  for (let number = first; number < cuts.length; number++) {
    const amounts = cuts[number].amounts;
    for (let at = 0; at < amounts.length; at++) {
      if (unchecked(amounts[at])) off(at, unchecked(amounts[at]));
    }
  }
}

/** Minor units off each line for all applications of one offer, rounded once a line; null if it was not applied. */
function amountsOf(entry: Entry, steps: Array<Step>): StaticArray<i64> | null {
  clear();
  let whole: i64 = 0;
  for (let number = 0; number < steps.length; number++) {
    if (steps[number].entry === entry) whole += add(entry, steps[number]);
  }
  if (touched.length == 0) return null;
  inOrder();
  if (whole > 0) split(whole, touched, weights, exact);
  const amounts = new StaticArray<i64>(lines.length);
  for (let number = 0; number < touched.length; number++) {
    const at = touched[number];
    let amount = exact[at];
    if (rates[at]) amount += rounded(rates[at], rest[at], <u64>lines[at].quantity * 10_000);
    amounts[at] = min(rest[at], amount);
  }
  return amounts;
}

/** By line, of the lines that an offer touched: basis points × units, exact gains, and price × units. */
let touched = new Array<i32>();
let rates = new StaticArray<i64>(0);
let exact = new StaticArray<i64>(0);
let weights = new StaticArray<i64>(0);
let isTouched = new StaticArray<bool>(0);

function clear(): void {
  if (rates.length < lines.length) {
    rates = new StaticArray<i64>(lines.length);
    exact = new StaticArray<i64>(lines.length);
    weights = new StaticArray<i64>(lines.length);
    isTouched = new StaticArray<bool>(lines.length);
  }
  for (let number = 0; number < touched.length; number++) {
    const at = touched[number];
    rates[at] = exact[at] = weights[at] = 0;
    isTouched[at] = false;
  }
  touched = new Array<i32>();
}

/** Puts the touched lines in canonical order. */
function inOrder(): void {
  for (let at = 0, number = 0; at < lines.length; at++) {
    if (unchecked(isTouched[at])) unchecked((touched[number++] = at));
  }
}

/** Adds one step; answers what its bundles take as a whole. */
function add(entry: Entry, step: Step): i64 {
  const found: Application = step.application;
  let base: i64 = 0;
  for (let number = 0; number < found.count; number++) {
    const at = found.line(number);
    const slot = found.slot(number);
    const units = found.units(number) * step.times;
    const price = unchecked(prices[at]);
    if (!unchecked(isTouched[at])) {
      unchecked((isTouched[at] = true));
      touched.push(at);
    }
    base += price * found.units(number);
    unchecked((weights[at] += price * units));
    if (unchecked(entry.kinds[slot]) == PERCENT) unchecked((rates[at] += unchecked(entry.values[slot]) * units));
    else unchecked((exact[at] += (worthOf(unchecked(entry.kinds[slot]), unchecked(entry.values[slot]), price) / WHOLE) * units));
  }
  return entry.rule.whole.kind ? bundleCut(entry.rule.whole.kind, entry.wholeValue, base) * step.times : 0;
}
