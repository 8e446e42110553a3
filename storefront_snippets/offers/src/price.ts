/**
 * What is taken off the goods that a shopper has chosen: the calculation of docs/offers.md for a cart of just these goods, so that the price
 * shown is the price charged. Whole minor units of the cart's currency, as BigInt, so that no product of two amounts is rounded.
 */

/** `[kind, basis points, base, {currency: amount}]`; kinds: 1 percent, 2 amount off, 3 price. Amounts in minor units. */
export type Gain = [kind: number, rate: number, base: number, fixed: Record<string, number>];
/** Filled from the rows that name its place. `pool`: shares the chosen goods of that earlier part. `key`: of another offer's part. */
export interface Part { count: number; gain?: Gain; pool?: number; key?: string }
/** What an offer takes off. `steps`: the units of each of `keys`, else of the first part, have the gain of the last step that
 * their number reaches. */
export interface Terms { parts?: Part[]; whole?: Gain; pick?: number; limit?: number; steps?: [least: number, gain: Gain][]; keys?: string[] }
/**
 * `replaces`: products whose place an upgrade takes. `rounds`: all offers that these goods may be charged by, of which the first compete
 * and each other stacks on what they leave; 0 is this one. `turns`: they compete by their order, not for the most.
 */
export interface Spec extends Terms { kind: string; replaces?: number[]; rounds?: (0 | Terms)[][]; turns?: boolean }
/** `price`: of one unit, in minor units; `cap`: the most basis points that may come off; `keys`: the parts that it can fill, each between spaces. */
export interface Row { id: number; price: bigint; count: number; cap: number | string; keys: string }
/** `shift`: digits of the cart's currency minus those of the shop's; `rate`: cart currency per shop currency, as decimal text. */
export interface Currency { active: string; home: string; rate: string; shift: number }

const WHOLE = 10_000n;
const DEAREST = 1;
/** So many applications are tried; a box has few goods and few offers, so that nearly always all are. */
const WORK = 400;
const halfUp = (top: bigint, bottom: bigint) => (2n * top + bottom) / (2n * bottom);
const least = (one: bigint, other: bigint) => (one < other ? one : other);

/** An amount in the cart's currency: as the merchant fixed it, else by the rate, whose digits after the twelfth are cut. */
export function converted([, , base, fixed]: Gain, { active, home, rate, shift }: Currency): bigint {
  if (active in fixed) return BigInt(fixed[active]!);
  const [before, after = ''] = (active === home ? '1' : rate).split('.');
  // No two currencies are more than three digits apart.
  return halfUp(BigInt(base) * BigInt(before! + after.padEnd(12, '0').slice(0, 12)) * 10n ** BigInt(shift + 3), 10n ** 15n);
}

/** Off what costs `price`, one unit or a whole bundle, in ten-thousandths. */
function worth(gain: Gain, price: bigint, currency: Currency): bigint {
  if (gain[0] === 1) return BigInt(gain[1]) * price;
  const value = least(converted(gain, currency), price);
  return (gain[0] === 2 ? value : price - value) * WHOLE;
}

/** What a round of offers is worked out on. `rest`: what is still to be paid for each line; `prices`: of one of its units, rounded down. */
interface Table { lines: Row[]; counts: number[]; rest: bigint[]; prices: bigint[]; currency: Currency }
/** One application of an offer. `exact`: off each line in ten-thousandths times the line's units; `cut`: minor units off the whole. */
interface Taken { offer: number; left: number[]; weights: bigint[]; exact: bigint[]; cut: bigint; gained: bigint }

/** Minor units off all of `rows`; 0n where nothing applies to just these goods. */
export function saving(rows: Row[], spec: Spec, currency: Currency): bigint {
  const lines = rows.filter((row) => row.count).sort((one, other) => one.id - other.id);
  const counts = lines.map((row) => row.count);
  const sums = lines.map((row) => row.price * BigInt(row.count));
  const rest = [...sums];
  /** What the guard may trim: all but what other goods pay for. */
  const loose = lines.map(() => 0n);
  for (const round of spec.rounds ?? [[0 as const]]) {
    const offers = round.map((one) => one || spec);
    const table = { lines, counts, rest, prices: rest.map((sum, at) => sum / BigInt(counts[at]!)), currency };
    const taken = search(offers, table, spec.turns);
    offers.forEach(({ whole, parts, steps }, offer) => cuts(taken.filter((one) => one.offer === offer), table).forEach((cut, at) => {
      rest[at]! -= cut;
      if (whole || steps || parts!.every((part) => part.gain)) loose[at]! += cut;
    }));
  }
  return total(lines.map(({ cap }, at) => sums[at]! - rest[at]! - loose[at]! + least(loose[at]!, (rest[at]! + loose[at]!) * BigInt(cap) / WHOLE)));
}

/** The applications that together save most; by turns, each offer as often as it can before the next. */
function search(offers: Terms[], table: Table, turns?: boolean): Taken[] {
  let work = WORK;
  let most = 0n;
  let best: Taken[] = [];
  const walk = (taken: Taken[], left: number[], saved: bigint) => {
    if (saved > most) [most, best] = [saved, taken];
    const next = offers.flatMap((terms, offer) => taken.filter((one) => one.offer === offer).length === terms.limit ? [] : fill(terms, offer, table, left));
    // The best next one first, as the engine does, so that of two choices that save the same both find the same.
    if (!turns) next.sort((one, other) => Number(other.gained - one.gained));
    for (const one of turns ? next.slice(0, 1) : next) if (work-- > 0) walk([...taken, one], one.left, saved + one.gained);
  };
  walk([], table.counts, 0n);
  return best;
}

/** The next application to what is left; none where a part comes up short or nothing is gained. */
function fill({ parts = [], whole, pick, steps, keys = ['0'] }: Terms, offer: number, { lines, counts, rest, prices, currency }: Table, before: number[]): Taken[] {
  const left = [...before];
  const weights = lines.map(() => 0n);
  const exact = lines.map(() => 0n);
  const reach = (key: string | number) => left.flatMap((_, at) => (lines[at]!.keys.includes(` ${key} `) ? [at] : []));
  const reached = (key: string) => {
    const count = reach(key).reduce((sum, at) => sum + left[at]!, 0);
    const step = steps!.filter(([from]) => from <= count).pop();
    return step ? [{ count, gain: step[1], key } as Part] : [];
  };
  for (const [own, { count, gain, pool, key }] of (steps ? keys.flatMap(reached) : parts).entries()) {
    let short = count;
    const down = !(whole || gain) === (pick !== DEAREST);
    const each = (at: number) => (gain ? worth(gain, prices[at]!, currency) : 1n);
    const order = reach(key ?? pool ?? own).filter((at) => steps || each(at));
    order.sort((one, other) => Number(prices[one]! - prices[other]!) * (down ? -1 : 1));
    for (const at of order) {
      const units = Math.min(short, left[at]!);
      if (gain) exact[at]! += (gain[0] === 1 ? BigInt(gain[1]) * rest[at]! : each(at) * BigInt(counts[at]!)) * BigInt(units);
      weights[at]! += prices[at]! * BigInt(units);
      left[at]! -= units;
      short -= units;
    }
    if (short) return [];
  }
  const cut = whole ? worth(whole, total(weights), currency) : 0n;
  const gained = cut + total(exact.map((off, at) => off / BigInt(counts[at]!)));
  return gained ? [{ offer, left, weights, exact, cut: cut / WHOLE, gained }] : [];
}

/** Minor units off each line for all applications of one offer; rounded once a line. */
function cuts(mine: Taken[], { counts, rest }: Table): bigint[] {
  const sum = (of: (one: Taken) => bigint[]) => rest.map((_, at) => total(mine.map((one) => of(one)[at]!)));
  const shares = split(total(mine.map((one) => one.cut)), sum((one) => one.weights));
  return sum((one) => one.exact).map((exact, at) => least(rest[at]!, halfUp(exact, WHOLE * BigInt(counts[at]!)) + shares[at]!));
}

/** Exact parts: what rounding down leaves goes to the largest remainders, the earliest first. */
function split(amount: bigint, weights: bigint[]): bigint[] {
  const sum = total(weights);
  if (!sum) return weights;
  const parts = weights.map((weight) => (amount * weight) / sum);
  const rest = (at: number) => (amount * weights[at]!) % sum;
  const ranked = weights.map((_, at) => at).sort((one, other) => Number(rest(other) - rest(one)));
  for (const at of ranked.slice(0, Number(amount - total(parts)))) parts[at]!++;
  return parts;
}

export const total = (amounts: bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);
