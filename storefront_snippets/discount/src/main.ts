// The two targets of shopify.extension.toml.

import { sound } from './cart';
import { readConfig } from './config';
import { emitCart, emitDelivery, emitNothing } from './emit';
import { evaluate } from './evaluate';
import { end, readInput } from './io';
import * as scan from './scan';
import { readCart, readCodes, readCountry, readRate, readSwitches } from './shopper';

/** Bits of the classes that the discount has. */
let classes = 0;
let configured = false;

export function cart_lines_discounts_generate_run(): void {
  read();
  if (!configured || !sound) return emitNothing();
  evaluate(classes);
  emitCart();
}

export function cart_delivery_options_discounts_generate_run(): void {
  read();
  if (!configured || !sound || (classes & 4) == 0) return emitNothing();
  evaluate(classes);
  emitDelivery();
}

/** The configuration comes first, as the query asks for it: what follows is read by it. */
function read(): void {
  scan.begin(readInput(), end);
  scan.openObject();
  for (let key = scan.nextKey(); key != 0; key = scan.nextKey()) {
    if (key == 100) readDiscount();
    else if (!configured) return;
    else if (key == 114) readRate();
    else if (key == 115) readSwitches();
    else if (key == 111) readCountry();
    else if (key == 101) readCodes();
    else if (key == 99) readCart();
    else scan.skip();
  }
}

function readDiscount(): void {
  scan.openObject();
  for (let key = scan.nextKey(); key != 0; key = scan.nextKey()) {
    if (key == 107) readClasses();
    else if (scan.isNull()) continue;
    else readMetafield();
  }
}

/** `["PRODUCT","ORDER","SHIPPING"]` by their first letters. */
function readClasses(): void {
  for (scan.openArray(); scan.nextElement(); ) {
    scan.text();
    const letter = load<u8>(scan.textFrom);
    classes |= letter == 80 ? 1 : letter == 79 ? 2 : letter == 83 ? 4 : 0;
  }
}

function readMetafield(): void {
  scan.openObject();
  for (let key = scan.nextKey(); key != 0; key = scan.nextKey()) configured = readConfig();
}
