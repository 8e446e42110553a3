// The browser's calculation on cases from stdin: {spec, rows: [[variant, price, count, part, cap, keys = '']], currency} each; answers the savings.
import { readFileSync } from 'node:fs';
import { saving } from '../../storefront_snippets/offers/src/price.ts';

const cases = JSON.parse(readFileSync(0, 'utf8'));
const row = ([id, price, count, part, cap, keys = '']) => ({ id, price: BigInt(price), count, cap, keys: ` ${part} ${keys} ` });
console.log(JSON.stringify(cases.map(({ spec, rows, currency }) => Number(saving(rows.map(row), spec, currency)))));
