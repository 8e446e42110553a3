import { expect, test } from 'vitest';
import { faults, manifest } from '../tools/elements.mjs';

const tags = manifest();

test.each([
  ['<s-page heading="{{ title }}" inlinesize="small"><s-button slot="primary-action" variant="primary">x</s-button></s-page>', 0],
  ['<s-button variant="primry">x</s-button>', 1],
  ['<s-button colour="red">x</s-button>', 1],
  ['<s-buton>x</s-buton>', 1],
  ['<s-text slot="nowhere">x</s-text>', 1],
  ['<s-button{% if href %} href="{{ href }}"{% endif %} hx-post="/x" data-y="1" disabled>x</s-button>', 0],
  ['<s-button variant="{{ variant }}" tone="{{ tone }}">x</s-button>', 0],
  ['<s-text-area rows="three"></s-text-area>', 1],
  ['<s-app-nav><s-link href="/app" rel="home">x</s-link></s-app-nav>', 0],
  ['{# <s-nothing> #}', 0],
])('%s', (template, count) => expect(faults(template, tags)).toHaveLength(count));
