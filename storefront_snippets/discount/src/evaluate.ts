// The phases of docs/offers.md: competing offers, stacking ones, gifts, the guard's trims; the order after them, the delivery last.

import { Application, application } from './applying';
import { lines } from './cart';
import * as config from './config';
import { GIFT, ORDER, PERCENT, Rule, SHIPPING, TIER } from './config';
import { Cut, fit, trim } from './cut';
import { bundleCut, Entry, ready, WHOLE, worthOf } from './entry';
import { bestPlan, inTurn, Step, take } from './search';
import { country, marked, money, passed, shipping } from './shopper';
import { sorted } from './sort';
import { amountOf, free, inside, lay, off, prices, quantityOf, reprice, rest, valueOf, worthOfSet } from './table';
import { rounded, split } from './wide';

const PRODUCT_CLASS = 1;
const ORDER_CLASS = 2;
const SHIPPING_CLASS = 4;

/** In the order of applying; the last is trimmed first. */
export let cuts = new Array<Cut>();
export let orderAmount: i64 = 0;
export let orderRules = new Array<Rule>();
export let shippingAmount: i64 = 0;
export let shippingRule: Rule | null = null;

export function evaluate(classes: i32): void {
  lay();
  const open = openRules(classes);
  goods(open);
  trim(cuts);
  fit(cuts);
  orders(open);
  if (shipping >= 0) ship(open);
}

/** Those whose conditions hold, higher priority first, then the smaller number. */
function openRules(classes: i32): Array<Rule> {
  const order = sorted(config.rules.length, config.rules, (one: Rule, other: Rule) =>
    one.priority == other.priority ? one.number < other.number : one.priority > other.priority,
  );
  const open = new Array<Rule>();
  for (let at = 0; at < order.length; at++) {
    const rule = config.rules[order[at]];
    if ((classes & classOf(rule)) != 0 && isOpen(rule)) open.push(rule);
  }
  return open;
}

function classOf(rule: Rule): i32 {
  return rule.mechanic == ORDER ? ORDER_CLASS : rule.mechanic == SHIPPING ? SHIPPING_CLASS : PRODUCT_CLASS;
}

function isOpen(rule: Rule): bool {
  if (((rule.opens >> passed) & 1) == 0) return false;
  if (!asks(rule.countries, country) || !asks(rule.currencies, money) || config.numberAt(rule.markets) > 0) return false;
  let from = rule.clauses + 1;
  for (let count = config.numberAt(rule.clauses); count > 0; count--) {
    if (!marked(from)) return false;
    from += 1 + <i32>config.numberAt(from);
  }
  return !marked(rule.bars);
}

/** An empty list asks nothing. */
function asks(list: i32, value: i64): bool {
  return config.numberAt(list) == 0 || config.holds(list, value);
}

/** `less` and `fewer`: value and units that do not count, since the offer itself gives them. */
function enough(rule: Rule, less: i64, fewer: i64): bool {
  if (rule.quantity > 0 && quantityOf(rule.goods) - fewer < rule.quantity) return false;
  const wanted = amountOf(rule.amounts);
  return wanted == 0 || worthOfSet(rule.goods) - less >= wanted;
}

function goods(open: Array<Rule>): void {
  const units = new Array<Rule>();
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic <= TIER && enough(open[at], 0, 0)) units.push(open[at]);
  }
  compete(units);
  for (let at = 0; at < units.length; at++) {
    if (units[at].stacks) stack(units[at]);
  }
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic == GIFT) give(open[at]);
  }
}

/** Each unit for one offer. What they take is worked out on full prices, then taken off together. */
function compete(units: Array<Rule>): void {
  reprice();
  const entries = new Array<Entry>();
  for (let at = 0; at < units.length; at++) {
    if (!units[at].stacks) entries.push(ready(entries.length, units[at]));
  }
  const ranked = StaticArray.fromArray(entries);
  const steps = config.best ? bestPlan(ranked, free) : inTurn(ranked, copied(free));
  book(ranked, steps);
  for (let at = 0; at < steps.length; at++) take(free, steps[at].application, steps[at].times);
}

function copied(from: StaticArray<i64>): StaticArray<i64> {
  return from.slice<StaticArray<i64>>();
}

function quantities(): StaticArray<i64> {
  const every = new StaticArray<i64>(lines.length);
  for (let at = 0; at < lines.length; at++) every[at] = lines[at].quantity;
  return every;
}

/** By itself, on all units, on what is still to be paid for them. */
function stack(rule: Rule): void {
  reprice();
  const entries: StaticArray<Entry> = [ready(0, rule)];
  book(entries, inTurn(entries, quantities()));
}

/** A gift once: its least amount is measured on what is to be paid for the cart without the gift. */
function give(rule: Rule): void {
  reprice();
  const entry = ready(0, rule);
  const found = application(entry, rule.stacks ? quantities() : free);
  let less: i64 = 0;
  let fewer: i64 = 0;
  if (found != null) {
    for (let number = 0; number < found.at.length; number++) {
      const at = found.at[number];
      if (!inside[rule.goods][at]) continue;
      less += prices[at] * found.units[number];
      fewer += found.units[number];
    }
  }
  if (found == null || !enough(rule, less, fewer)) return;
  book([entry], [new Step(entry, found, 1)]);
  if (!rule.stacks) take(free, found, 1);
}

/** Amounts of all offers on what is to be paid now, then taken off. */
function book(entries: StaticArray<Entry>, steps: Array<Step>): void {
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
  for (let number = 0; number < found.at.length; number++) {
    const at = unchecked(found.at[number]);
    const slot = unchecked(found.slots[number]);
    const units = unchecked(found.units[number]) * step.times;
    const price = unchecked(prices[at]);
    if (!unchecked(isTouched[at])) {
      unchecked((isTouched[at] = true));
      touched.push(at);
    }
    base += price * unchecked(found.units[number]);
    unchecked((weights[at] += price * units));
    if (unchecked(entry.kinds[slot]) == PERCENT) unchecked((rates[at] += unchecked(entry.values[slot]) * units));
    else unchecked((exact[at] += (worthOf(unchecked(entry.kinds[slot]), unchecked(entry.values[slot]), price) / WHOLE) * units));
  }
  return entry.rule.whole.kind ? bundleCut(entry.rule.whole.kind, entry.wholeValue, base) * step.times : 0;
}

/** The best of those that do not stack, then the stacking ones on what that leaves. */
function orders(open: Array<Rule>): void {
  let winner: Rule | null = null;
  let largest: i64 = 0;
  const stacking = new Array<Rule>();
  for (let at = 0; at < open.length; at++) {
    const rule = open[at];
    if (rule.mechanic != ORDER || !enough(rule, 0, 0)) continue;
    if (rule.stacks) stacking.push(rule);
    else if (orderCut(rule) > largest) {
      largest = orderCut(rule);
      winner = rule;
    }
  }
  if (winner != null) takeOrder(winner);
  for (let at = 0; at < stacking.length; at++) takeOrder(stacking[at]);
}

function orderCut(rule: Rule): i64 {
  return cutOf(rule, worthOfSet(rule.set));
}

function cutOf(rule: Rule, base: i64): i64 {
  const value = valueOf(rule.gain);
  return rule.gain.kind == PERCENT ? rounded(base, value, WHOLE) : min(base, value);
}

function takeOrder(rule: Rule): void {
  const amount = orderCut(rule);
  if (amount <= 0) return;
  orderAmount += amount;
  orderRules.push(rule);
  const places = new Array<i32>();
  for (let at = 0; at < lines.length; at++) {
    if (inside[rule.set][at]) places.push(at);
  }
  const parts = new StaticArray<i64>(lines.length);
  split(amount, places, rest, parts);
  for (let at = 0; at < lines.length; at++) rest[at] -= parts[at];
}

/** The one that takes most off what shipping costs. */
function ship(open: Array<Rule>): void {
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic != SHIPPING || !enough(open[at], 0, 0)) continue;
    const amount = cutOf(open[at], shipping);
    if (amount <= shippingAmount) continue;
    shippingAmount = amount;
    shippingRule = open[at];
  }
}
