// The two targets of shopify.extension.toml.

import { sound } from './cart';
import { isComplete, readPage } from './config';
import { emitCart, emitDelivery, emitNothing } from './emit';
import { priceCart, priceDelivery } from './evaluate';
import { end, readInput } from './io';
import * as scan from './scan';
import { readCodes, settleCodes } from './codes';
import { keepPromises, readCart, readCountry, readRate, readSwitches } from './shopper';

let configured = false;

export function cart_lines_discounts_generate_run(): void {
  read();
  if (!configured || !sound) return emitNothing();
  priceCart();
  emitCart();
}

export function cart_delivery_options_discounts_generate_run(): void {
  read();
  if (!configured || !sound) return emitNothing();
  priceDelivery();
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
  settleCodes();
  keepPromises();
}

/** The pages of the configuration. Its classes are not asked: it has only offers of the classes that its discount has. */
function readDiscount(): void {
  scan.openObject();
  for (let key = scan.nextKey(); key != 0; key = scan.nextKey()) {
    if (!scan.isNull()) readMetafield();
  }
  configured = isComplete();
}

function readMetafield(): void {
  scan.openObject();
  for (let key = scan.nextKey(); key != 0; key = scan.nextKey()) readPage();
}
