import { expect, test } from 'vitest';
import { faults, manifest, renderedFaults } from '../tools/elements.mjs';

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
  ['<s-app-window src="/app/x" id="w"></s-app-window>', 0],
  ['<s-app-window href="/app/x"></s-app-window>', 1],
  ['<s-app-nav heading="x"></s-app-nav>', 1],
  ['<s-stack gap="large none" padding="base"></s-stack>', 0],
  ['<s-stack gap="huge"></s-stack>', 1],
  ['<s-box border="base subdued dashed" padding="@container (inline-size > 500px) base, none"></s-box>', 0],
  ['<s-box border="base pink"></s-box>', 1],
  ['<s-box inlinesize="12px"></s-box>', 0],
  ['{# <s-nothing> #}', 0],
])('%s', (template, count) => expect(faults(template, tags)).toHaveLength(count));

test.each([
  ['<s-page><s-button slot="primary-action" tone="critical">x</s-button></s-page>', 0],
  ['<s-banner><s-button slot="primary-action">x</s-button></s-banner>', 1],
  ['<s-page><s-button tone="redd">x</s-button></s-page>', 1],
  ['<s-buton>x</s-buton>', 1],
])('rendered: %s', (html, count) => expect(renderedFaults(new DOMParser().parseFromString(html, 'text/html'), tags)).toHaveLength(count));
