// What the configuration is made of: offers, their slots and steps, and sets of goods, as docs/offers.md lays them out.

export const GROUP = 1;
export const TIER = 2;
export const GIFT = 3;
export const ORDER = 4;
export const SHIPPING = 5;
export const PERCENT = 1;
export const AMOUNT = 2;
export const PRICE = 3;
export const DEAREST = 1;
export const CHOSEN = 2;
export const BY_PRODUCT = 1;
export const BY_LINE = 2;

/** An amount: where `base, pairs` stand in the stream. */
export type Amounts = i32;

@final
export class Gain {
  kind: i32 = 0;
  basisPoints: i64 = 0;
  amounts: Amounts = 0;
}

@final
export class Goods {
  everything: bool = false;
  withMarks: i32 = 0;
  withoutMarks: i32 = 0;
  /** Where the four lists begin: products, variants and those that are not meant. */
  products: i32 = 0;
  variants: i32 = 0;
  notProducts: i32 = 0;
  notVariants: i32 = 0;
}

@final
export class Slot {
  goods: i32 = 0;
  /** Units of a slot; the least units of a step. */
  count: i64 = 0;
  gain: Gain = new Gain();
}

@final
export class Rule {
  title: i32 = 0;
  number: i64 = 0;
  mechanic: i32 = 0;
  priority: i64 = 0;
  stacks: bool = false;
  opens: i64 = 0;
  goods: i32 = 0;
  quantity: i64 = 0;
  amounts: Amounts = 0;
  countries: i32 = 0;
  currencies: i32 = 0;
  bars: i32 = 0;
  clauses: i32 = 0;
  limit: i64 = 0;
  pick: i32 = 0;
  marked: bool = false;
  whole: Gain = new Gain();
  slots: StaticArray<Slot> = new StaticArray<Slot>(0);
  set: i32 = 0;
  scope: i32 = 0;
  steps: StaticArray<Slot> = new StaticArray<Slot>(0);
  gain: Gain = new Gain();
}
