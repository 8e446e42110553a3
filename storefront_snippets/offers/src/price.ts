/**
 * What an offer takes off the goods that a shopper has chosen: the calculation of docs/offers.md for one application, so that the price
 * shown is the price charged. Whole minor units of the cart's currency, as BigInt, so that no product of two amounts is rounded.
 */

/** `[kind, basis points, base, {currency: amount}]`; kinds: 1 percent, 2 amount off, 3 price. Amounts in minor units. */
export type Gain = [kind: number, rate: number, base: number, fixed: Record<string, number>];
/** `pool`: shares the chosen goods of that earlier part. */
export interface Part { count: number; gain?: Gain; pool?: number }
/** `replaces`: products whose place an upgrade takes. */
export interface Spec { kind: string; replaces?: number[]; parts?: Part[]; whole?: Gain; pick?: number; steps?: [least: number, gain: Gain][] }
/** `price`: of one unit, in minor units; `cap`: the most basis points that may come off. */
export interface Row { id: number; price: bigint; count: number; part: number; cap: number }
/** `shift`: digits of the cart's currency minus those of the shop's; `rate`: cart currency per shop currency, as decimal text. */
export interface Currency { active: string; home: string; rate: string; shift: number }

const WHOLE = 10_000n;
const DEAREST = 1;
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

/** Minor units off all of `rows`, 0n where the offer does not apply to just these goods. */
export function saving(rows: Row[], { parts = [], whole, pick }: Spec, currency: Currency): bigint {
  const lines = rows.filter((row) => row.count).sort((one, other) => one.id - other.id);
  const left = lines.map((row) => row.count);
  /** In ten-thousandths. */
  const exact = lines.map(() => 0n);
  for (const [number, { count, gain, pool = number }] of parts.entries()) {
    let short = count;
    const down = !(whole || gain) === (pick !== DEAREST);
    const each = (at: number) => (gain ? worth(gain, lines[at]!.price, currency) : 1n);
    const order = lines.map((_, at) => at).filter((at) => lines[at]!.part === pool && each(at));
    order.sort((one, other) => Number(lines[one]!.price - lines[other]!.price) * (down ? -1 : 1) || one - other);
    for (const at of order) {
      const units = Math.min(short, left[at]!);
      if (gain) exact[at]! += each(at) * BigInt(units);
      left[at]! -= units;
      short -= units;
    }
    if (short) return 0n;
  }
  const sums = lines.map((row) => row.price * BigInt(row.count));
  // What other goods pay for is not trimmed.
  const carried = !whole && parts.some((part) => !part.gain);
  const shares = split(whole ? worth(whole, total(sums), currency) / WHOLE : 0n, sums);
  return total(lines.map(({ cap }, at) => {
    const cut = least(sums[at]!, halfUp(exact[at]!, WHOLE) + shares[at]!);
    return carried ? cut : least(cut, (sums[at]! * BigInt(cap)) / WHOLE);
  }));
}

/** Exact parts: what rounding down leaves goes to the largest remainders, the earliest first. */
function split(amount: bigint, weights: bigint[]): bigint[] {
  const sum = total(weights);
  if (!sum) return weights;
  const parts = weights.map((weight) => (amount * weight) / sum);
  const rest = (at: number) => (amount * weights[at]!) % sum;
  const ranked = weights.map((_, at) => at).sort((one, other) => Number(rest(other) - rest(one)) || one - other);
  for (const at of ranked.slice(0, Number(amount - total(parts)))) parts[at]!++;
  return parts;
}

export const total = (amounts: bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);
