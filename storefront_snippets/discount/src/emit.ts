// Writes the answer: fixed amounts in the cart's currency, one candidate a line.

import { cuts } from './booking';
import { lines } from './cart';
import { codeFrom, codeLength, refusedFrom } from './codes';
import { refusalFrom, refusalLength, textsFrom, textsLength } from './config';
import { Cut, sums } from './cut';
import { orderAmount, orderRules, shippingAmount, shippingRule } from './evaluate';
import { Rule } from './rule';
import { exponent, groupCosts, groupCount, groupsFrom, groupsLength } from './shopper';
import { split } from './wide';
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

/** What the message of an order's discount may take at most, so that the answer keeps below its limit; what else an operation takes that is
 * written once; what stands around all of them. */
const LONGEST_MESSAGE = 300;
const OPERATION = 240;
const FRAME = 20;
/** So many codes are refused at once; what that takes with the words about it, of which no configuration has more (rules/pages.py). */
const MOST_REFUSED = 3;
const LONGEST_REFUSAL = 1_000;

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
  refusal();
  close();
}

/** Without a discount; a customer's own code is refused all the same. */
export function emitNothing(): void {
  open();
  refusal();
  close();
}

/** Best effort: left out where the answer has no room for it. */
function refusal(): void {
  let place = refusedFrom(0);
  if (place < 0 || refusalLength == 0 || at - begin + LONGEST_REFUSAL > room()) return;
  if (operations++ > 0) store<u8>(at++, 44);
  write('{"enteredDiscountCodesReject":{"codes":[');
  for (let many = 0; place >= 0 && many < MOST_REFUSED; place = refusedFrom(place + 1), many++) {
    write(many > 0 ? ',{"code":"' : '{"code":"');
    copy(codeFrom(place), codeLength(place));
    write('"}');
  }
  write('],"message":"');
  copy(refusalFrom, refusalLength);
  write('"}}');
}

function room(): usize {
  return (MOST * max(lines.length, LINES)) / LINES - FRAME;
}

function products(): void {
  const most = room() - (orderAmount > 0 ? LONGEST_MESSAGE + OPERATION : 0);
  const phrases = at;
  const target = new Phrase(',{"targets":[{"cartLine":{"id":"');
  const amounts = new Phrase('"}}],"value":{"fixedAmount":{"amount":"');
  const last = new Phrase('"}}');
  at = phrases + 256;
  const start = at;
  candidates(target, amounts, last, most);
  if (at - start > most) {
    at = start;
    candidates(target, amounts, last, 0);
  }
  memory.copy(phrases, start, at - start);
  at -= 256;
}

/** One candidate a line, with words until it is plain that `most` bytes are too few for them, or without (0). `cut.fit` has seen to it that
 * there are not too many candidates. */
function candidates(target: Phrase, amounts: Phrase, last: Phrase, most: usize): void {
  const start = at;
  let count = 0;
  for (let line = 0; line < lines.length; line++) {
    const off = sums[line];
    if (off == 0) continue;
    if (most > 0 && at - start > most) return;
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
    if (most > 0) words(line);
    store<u8>(at++, 125);
  }
  if (count > 0) write(']}}');
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

/** A delivery's part of what comes off is in proportion to its cost. */
export function emitDelivery(): void {
  open();
  const rule = shippingRule;
  if (rule != null && groupCount > 0) {
    operation('deliveryDiscountsAdd');
    write('ALL","candidates":[');
    const parts = new StaticArray<i64>(groupCount);
    split(shippingAmount, range(groupCount), groupCosts, parts);
    let any = false;
    for (let group = 0; group < groupCount; group++) {
      if (parts[group] == 0) continue;
      if (any) write(',');
      any = true;
      delivery(group, parts[group], rule);
    }
    write(']}}');
  }
  close();
}

function range(length: i32): Array<i32> {
  const places = new Array<i32>(length);
  for (let place = 0; place < length; place++) places[place] = place;
  return places;
}

function delivery(group: i32, off: i64, rule: Rule): void {
  write('{"targets":[{"deliveryGroup":{"id":"');
  copy(groupsFrom[group], groupsLength[group]);
  write('"}}],');
  value(off);
  write(',"message":"');
  title(rule);
  write('"}');
}
