// Writes the answer: fixed amounts in the cart's currency, one candidate a line.

import { lines } from './cart';
import { Rule, textsFrom, textsLength } from './config';
import { Cut } from './cut';
import { cuts, orderAmount, orderRules, shippingAmount, shippingRule } from './evaluate';
import { exponent, groupFrom, groupLength } from './shopper';
import { writeOutput } from './io';

/** 20 kB for 200 lines, and as much more as there are more of them. */
const MOST = 20_000;
const LINES = 200;

let begin: usize = 0;
let at: usize = 0;
let operations = 0;

function open(): void {
  begin = heap.alloc(131_072);
  at = begin;
  write('{"operations":[');
  operations = 0;
}

function close(): void {
  write(']}');
  writeOutput(begin, at - begin);
}

/** ASCII only; for what is written once. */
function write(words: string): void {
  for (let place = 0; place < words.length; place++) store<u8>(at++, <u8>words.charCodeAt(place));
}

/** Texts that every candidate repeats, as bytes. */
@final
class Phrase {
  from: usize;
  length: i32;

  constructor(words: string) {
    this.from = at;
    write(words);
    this.length = <i32>(at - this.from);
  }

  write(): void {
    copy(this.from, this.length);
  }
}

function copy(from: usize, length: i32): void {
  memory.copy(at, from, length);
  at += length;
}

/** Minor units as decimal text with the currency's digits: 1250 is 12.50. */
function amount(value: i64): void {
  const first = at;
  let left = value;
  for (let digit = 0; left > 0 || digit <= exponent; digit++) {
    if (digit == exponent && digit > 0) store<u8>(at++, 46);
    store<u8>(at++, 48 + <u8>(left % 10));
    left /= 10;
  }
  for (let low = first, high = at - 1; low < high; low++, high--) {
    const byte = load<u8>(low);
    store<u8>(low, load<u8>(high));
    store<u8>(high, byte);
  }
}

function value(minor: i64): void {
  write('"value":{"fixedAmount":{"amount":"');
  amount(minor);
  write('"}}');
}

/** What the message of an offer's discount may take at most, so that the answer keeps below its limit. */
const LONGEST_MESSAGE = 300;

function title(rule: Rule): void {
  copy(textsFrom[rule.title], textsLength[rule.title]);
}

function operation(name: string): void {
  if (operations++ > 0) store<u8>(at++, 44);
  write('{"');
  write(name);
  write('":{"selectionStrategy":"');
}

export function emitCart(): void {
  open();
  products();
  if (orderAmount > 0) order();
  close();
}

export function emitNothing(): void {
  open();
  close();
}

function products(): void {
  const most = (MOST * max(lines.length, LINES)) / LINES - (orderAmount > 0 ? LONGEST_MESSAGE + 200 : 8);
  const phrases = at;
  const target = new Phrase(',{"targets":[{"cartLine":{"id":"');
  const amounts = new Phrase('"}}],"value":{"fixedAmount":{"amount":"');
  const last = new Phrase('"}}');
  at = phrases + 256;
  const start = at;
  candidates(target, amounts, last, true);
  if (at - start > <usize>most) {
    at = start;
    candidates(target, amounts, last, false);
  }
  memory.copy(phrases, start, at - start);
  at -= 256;
}

/** One candidate a line; without words where those would be too long. `cut.fit` has seen to it that there are not too many. */
function candidates(target: Phrase, amounts: Phrase, last: Phrase, withWords: bool): void {
  let count = 0;
  for (let line = 0; line < lines.length; line++) {
    const off = offOf(line);
    if (off == 0) continue;
    if (count++ == 0) {
      operations = 0;
      operation('productDiscountsAdd');
      write('ALL","candidates":[');
      memory.copy(at, target.from + 1, target.length - 1);
      at += target.length - 1;
    } else target.write();
    copy(lines[line].idFrom, lines[line].idLength);
    amounts.write();
    amount(off);
    last.write();
    if (withWords) words(line);
    store<u8>(at++, 125);
  }
  if (count > 0) write(']}}');
}

function offOf(line: i32): i64 {
  let sum: i64 = 0;
  for (let number = 0; number < cuts.length; number++) sum += cuts[number].amounts[line];
  return sum;
}

/** The titles of the offers that took something off the line. */
function words(line: i32): void {
  let count = 0;
  write(',"message":"');
  for (let number = 0; number < cuts.length; number++) {
    const cut: Cut = cuts[number];
    if (cut.amounts[line] == 0) continue;
    if (count++ > 0) write(' + ');
    title(cut.rule);
  }
  store<u8>(at++, 34);
}

function order(): void {
  operation('orderDiscountsAdd');
  write('FIRST","candidates":[{"targets":[{"orderSubtotal":{"excludedCartLineIds":[]}}],');
  value(orderAmount);
  write(',"message":"');
  const room = at + LONGEST_MESSAGE;
  for (let number = 0; number < orderRules.length; number++) {
    if (at + textsLength[orderRules[number].title] + 3 > room) break;
    if (number > 0) write(' + ');
    title(orderRules[number]);
  }
  write('"}]}}');
}

export function emitDelivery(): void {
  open();
  const rule = shippingRule;
  if (rule != null && groupLength > 0) {
    operation('deliveryDiscountsAdd');
    write('ALL","candidates":[{"targets":[{"deliveryGroup":{"id":"');
    copy(groupFrom, groupLength);
    write('"}}],');
    value(shippingAmount);
    write(',"message":"');
    title(rule);
    write('"}]}}');
  }
  close();
}
