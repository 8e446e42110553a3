// Compares s-* markup, of Jinja templates and of rendered pages, with what Shopify publishes: the manifest and types of Polaris, and
// App Bridge's types for s-app-nav and s-app-window.
import { readFileSync } from 'node:fs';

const SHOPIFY = `${import.meta.dirname}/../../node_modules/@shopify`;
const read = (path) => readFileSync(`${SHOPIFY}/${path}`, 'utf8');
const MANIFEST = 'polaris-types/dist/custom-elements.json';
const TYPES = read('polaris-types/dist/polaris.d.ts');
const BRIDGE = read('app-bridge-types/dist/index.d.ts');
const OF_APP_BRIDGE = { 's-app-nav': 'SAppNavAttributes', 's-app-window': 'SAppWindowAttributes' };
const EVERYWHERE = /^(id|class|slot|hidden|dir|lang|role|rel|hx-.+|data-.+|aria-.+)$/;
const VALUE = '\u0001'; // where a template writes something we cannot know
const TAG = /<(s-[a-z-]+)((?:\s+[^\s=>"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?|\s|\u0001)*)\s*\/?>/g;
const ATTRIBUTE = /([^\s=>"'\u0001]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;

/** @returns {Map<string, { attributes: Map<string, string>, slots: Set<string> }>} */
export function manifest() {
  const { modules } = JSON.parse(read(MANIFEST));
  const tags = new Map(Object.entries(OF_APP_BRIDGE).map(([tag, name]) => [tag, { attributes: ofAppBridge(name), slots: new Set(['']) }]));
  for (const { declarations } of modules) {
    for (const { tagName, attributes = [], slots = [] } of declarations) {
      if (!tagName) continue;
      const types = attributes.map((attribute) => [attribute.name.toLowerCase(), attribute.type?.text ?? 'any']);
      tags.set(tagName, { attributes: new Map(types), slots: new Set(slots.map((slot) => slot.name)) });
    }
  }
  return tags;
}

/** The attributes of an App Bridge element, as its interface names them. @param {string} name */
function ofAppBridge(name) {
  const [, body] = BRIDGE.match(new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`)) ?? [];
  if (body === undefined) throw new Error(`App Bridge names no ${name} any more`);
  const told = [...body.matchAll(/^\t(\w+)\??: ([^;]+);/gm)].filter(([, attribute]) => attribute !== 'children');
  return new Map(told.map(([, attribute, type]) => [attribute.toLowerCase(), type]));
}

/** @param {string} template @param {ReturnType<typeof manifest>} tags @returns {string[]} what is wrong, one sentence each */
export function faults(template, tags = manifest()) {
  const slots = new Set([...tags.values()].flatMap((tag) => [...tag.slots]));
  const found = [];
  for (const [, tag, written] of plain(template).matchAll(TAG)) {
    const known = tags.get(tag);
    if (!known) found.push(`<${tag}> is no Polaris element`);
    else for (const [, name, ...values] of written.matchAll(ATTRIBUTE)) found.push(...attributeFaults({ tag, known, slots }, name, values.find((value) => value !== undefined)));
  }
  return found;
}

/** Without Jinja: statements vanish, expressions become a value that we cannot know. */
function plain(template) {
  return template.replace(/\{#[\s\S]*?#\}/g, '').replace(/\{%[\s\S]*?%\}/g, ' ').replace(/\{\{[\s\S]*?\}\}/g, VALUE);
}

function attributeFaults({ tag, known, slots }, name, value) {
  if (name === 'slot') return slots.has(value) || value?.includes(VALUE) ? [] : [`<${tag} slot="${value}">: no element has such a slot`];
  if (EVERYWHERE.test(name)) return [];
  const type = known.attributes.get(name);
  if (type === undefined) return [`<${tag}> has no attribute ${name}`];
  if (value === undefined || value.includes(VALUE) || fits(type, value)) return [];
  return [`<${tag} ${name}="${value}"> is none of ${type}`];
}

/** Simple types are checked as they are; of the others (shorthands like "large none", responsive values) every word. */
function fits(type, value) {
  if (/^("[^"]*"( \| )?)+$/.test(type)) return type.split(' | ').includes(JSON.stringify(value)) || (type.includes('"0"') && /^\d+(px|%)$/.test(value));
  if (type === 'number') return value !== '' && !Number.isNaN(Number(value));
  if (type === 'boolean') return value === '';
  if (type === 'string' || type === 'any' || value.startsWith('@container')) return true;
  const known = words(type);
  return known.size === 0 || value.split(' ').every((word) => known.has(word));
}

/** Every word that a type allows, through the types that it names. @param {string} type @param {Set<string>} seen @returns {Set<string>} */
function words(type, seen = new Set()) {
  const found = new Set([...type.matchAll(/["']([^"']*)["']/g)].flatMap(([, literal]) => literal.split(' ')));
  for (const [name] of type.matchAll(/\b[A-Z]\w+/g)) {
    const [, meant] = TYPES.match(new RegExp(`^type ${name}(?:<[^=]*>)? = ([^;]+);`, 'm')) ?? [];
    if (meant === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const word of words(meant, seen)) found.add(word);
  }
  return found;
}

/** A page as the browser gets it: every value is known, and a slot must be one of the element around it. @param {Document} page */
export function renderedFaults(page, tags = manifest()) {
  const found = [];
  for (const element of page.querySelectorAll('*')) {
    const known = tags.get(element.localName);
    const around = tags.get(element.parentElement?.localName);
    const slot = element.getAttribute('slot');
    if (slot && around && !around.slots.has(slot)) found.push(`<${element.localName} slot="${slot}"> in <${element.parentElement.localName}>, which has no such slot`);
    if (element.localName.startsWith('s-') && !known) found.push(`<${element.localName}> is no Polaris element`);
    if (!known) continue;
    const slots = new Set([slot ?? '']);
    for (const { name, value } of element.attributes) found.push(...attributeFaults({ tag: element.localName, known, slots }, name, value));
  }
  return [...new Set(found)];
}
