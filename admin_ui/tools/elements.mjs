// Reads the s-* markup of a Jinja template and compares it with Shopify's own manifest of Polaris components.
import { readFileSync } from 'node:fs';

const MANIFEST = `${import.meta.dirname}/../../node_modules/@shopify/polaris-types/dist/custom-elements.json`;
/** App Bridge's, which no manifest lists: it has children and no attributes. */
const OF_APP_BRIDGE = { 's-app-nav': [] };
const EVERYWHERE = /^(id|class|slot|hidden|dir|lang|role|rel|hx-.+|data-.+|aria-.+)$/;
const VALUE = '\u0001'; // where a template writes something we cannot know
const TAG = /<(s-[a-z-]+)((?:\s+[^\s=>"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?|\s|\u0001)*)\s*\/?>/g;
const ATTRIBUTE = /([^\s=>"'\u0001]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;

/** @returns {Map<string, { attributes: Map<string, string>, slots: Set<string> }>} */
export function manifest() {
  const { modules } = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const tags = new Map(Object.entries(OF_APP_BRIDGE).map(([tag]) => [tag, { attributes: new Map(), slots: new Set() }]));
  for (const { declarations } of modules) {
    for (const { tagName, attributes = [], slots = [] } of declarations) {
      if (!tagName) continue;
      const types = attributes.map((attribute) => [attribute.name.toLowerCase(), attribute.type?.text ?? 'any']);
      tags.set(tagName, { attributes: new Map(types), slots: new Set(slots.map((slot) => slot.name)) });
    }
  }
  return tags;
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

/** Types that name other types (MaybeResponsive<…>) are not in the manifest, so any value passes. */
function fits(type, value) {
  if (/^("[^"]*"( \| )?)+$/.test(type)) return type.split(' | ').includes(JSON.stringify(value));
  if (type === 'number') return value !== '' && !Number.isNaN(Number(value));
  if (type === 'boolean') return value === '';
  return true;
}
