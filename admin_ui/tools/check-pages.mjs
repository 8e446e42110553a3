// Reads {"path": "html", …} from standard input and checks each page as rendered; prints {"path": ["fault", …], …} of those that have any.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
import { manifest, renderedFaults } from './elements.mjs';

const tags = manifest();
const pages = Object.entries(JSON.parse(readFileSync(0, 'utf8')));
const told = pages.map(([path, html]) => [path, renderedFaults(new JSDOM(html).window.document, tags)]);
console.log(JSON.stringify(Object.fromEntries(told.filter(([, found]) => found.length))));
