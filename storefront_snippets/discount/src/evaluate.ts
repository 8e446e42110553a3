// The phases of docs/offers.md: competing offers, stacking ones, gifts, the guard's trims; the order after them, the delivery last.

import { Application, application } from './applying';
import { book, cuts } from './booking';
import { lines } from './cart';
import * as config from './config';
import { fit, trim } from './cut';
import { Entry, ready, WHOLE } from './entry';
import { GIFT, ORDER, PERCENT, Rule, SHIPPING, TIER } from './rule';
import { bestPlan, inTurn, Step, take } from './search';
import { country, isChosen, marked, money, passed, shipping } from './shopper';
import { sorted } from './sort';
import { amountOf, free, inside, lay, prices, quantityOf, reprice, rest, valueOf, worthOfSet } from './table';
import { rounded, split } from './wide';


export let orderAmount: i64 = 0;
export let orderRules = new Array<Rule>();
export let shippingAmount: i64 = 0;
export let shippingRule: Rule | null = null;

export function priceCart(): void {
  lay();
  const open = openRules();
  discountGoods(open);
  orders(open);
}

/** The goods are priced again only if some offer asks what is to be paid for them. */
export function priceDelivery(): void {
  if (shipping < 0) return;
  lay();
  const open = openRules();
  if (asksForAmount(open)) discountGoods(open);
  ship(open);
}

function discountGoods(open: Array<Rule>): void {
  goods(open);
  trim(cuts);
  fit(cuts);
}

function asksForAmount(open: Array<Rule>): bool {
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic == SHIPPING && amountOf(open[at].amounts) > 0) return true;
  }
  return false;
}

/** Those whose conditions hold, higher priority first, then the smaller number. */
function openRules(): Array<Rule> {
  const order = sorted(config.rules.length, config.rules, (one: Rule, other: Rule) =>
    one.priority == other.priority ? one.number < other.number : one.priority > other.priority,
  );
  const open = new Array<Rule>();
  for (let at = 0; at < order.length; at++) {
    const rule = config.rules[order[at]];
    if (isOpen(rule)) open.push(rule);
  }
  return open;
}

function isOpen(rule: Rule): bool {
  if (((rule.opens >> passed) & 1) == 0) return false;
  if (!asks(rule.countries, country) || !asks(rule.currencies, money)) return false;
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
  const kept = keep(open);
  compete(units);
  for (let at = 0; kept != null && at < kept.length; at++) free[at] += kept[at];
  for (let at = 0; at < units.length; at++) {
    if (units[at].stacks) stack(units[at]);
  }
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic == GIFT) give(open[at]);
  }
}

/** Units that the shopper added from a gift, and that it would give, are out of reach for the others: by line, how many; null for none.
 * Only while the rest of the cart is worth the goal at full prices. */
function keep(open: Array<Rule>): StaticArray<i64> | null {
  let kept: StaticArray<i64> | null = null;
  for (let number = 0; number < open.length; number++) {
    const rule = open[number];
    if (rule.mechanic != GIFT || rule.stacks || !isChosen(rule.number)) continue;
    reprice();
    const found = application(ready(0, rule), free);
    if (found == null || !reached(rule, found)) continue;
    if (kept == null) kept = new StaticArray<i64>(lines.length);
    for (let place = 0; place < found.count; place++) {
      const at = found.line(place);
      if (lines[at].chosen != rule.number) continue;
      kept[at] += found.units(place);
      free[at] -= found.units(place);
    }
  }
  return kept;
}

/** Is the cart without what the gift gives worth its goal? */
function reached(rule: Rule, found: Application): bool {
  let less: i64 = 0;
  let fewer: i64 = 0;
  for (let number = 0; number < found.count; number++) {
    const at = found.line(number);
    if (!inside[rule.goods][at]) continue;
    less += prices[at] * found.units(number);
    fewer += found.units(number);
  }
  return enough(rule, less, fewer);
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
  if (found == null || !reached(rule, found)) return;
  book([entry], [new Step(entry, found, 1)]);
  if (!rule.stacks) take(free, found, 1);
}

/** One of those that do not stack (the best, or by priority the first), then the stacking ones on what that leaves. */
function orders(open: Array<Rule>): void {
  let winner: Rule | null = null;
  let largest: i64 = 0;
  const stacking = new Array<Rule>();
  for (let at = 0; at < open.length; at++) {
    const rule = open[at];
    if (rule.mechanic != ORDER || !enough(rule, 0, 0)) continue;
    if (rule.stacks) stacking.push(rule);
    else if ((config.best || winner == null) && orderCut(rule) > largest) {
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

/** The one that takes most off what shipping costs, or by priority the first that takes anything. */
function ship(open: Array<Rule>): void {
  for (let at = 0; at < open.length; at++) {
    if (open[at].mechanic != SHIPPING || !enough(open[at], 0, 0)) continue;
    const amount = cutOf(open[at], shipping);
    if (amount <= shippingAmount) continue;
    shippingAmount = amount;
    shippingRule = open[at];
    if (!config.best) return;
  }
}
