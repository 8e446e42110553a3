/** Prints amounts as the theme does: `sample` is 1,234,567.89 printed by it, so that its signs and separators are known. */
export function printed(hundredths: bigint, sample: string): string {
  const [number, group, point] = /1(\D*)2.*?(?:7(\D)89|\d)(?=\D*$)/.exec(sample) ?? ['', '', ''];
  const digits = String(point ? hundredths : (hundredths + 50n) / 100n).padStart(point ? 3 : 1, '0');
  const [whole, cents] = point ? [digits.slice(0, -2), point + digits.slice(-2)] : [digits, ''];
  return sample.replace(number, whole.replace(/\B(?=(\d{3})+$)/g, group!) + cents);
}
