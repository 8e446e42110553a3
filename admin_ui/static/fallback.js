// Polaris web components come from Shopify's CDN. Where that cannot be reached the pages must still read and work, so this
// defines the same elements, plainly, and only if the true ones are not there.
import { defineFields } from './fallback-fields.js';
import { defineParts } from './fallback-parts.js';
import { offerSaveBars } from './fallback-save-bar.js';

if (!customElements.get('s-page')) {
  document.documentElement.classList.add('fallback');
  defineParts();
  defineFields();
}
// App Bridge draws navigation and save bar outside our frame; without it we draw them here.
if (!('shopify' in window)) {
  document.documentElement.classList.add('standalone');
  document.querySelector('s-app-nav')?.setAttribute('role', 'navigation');
  offerSaveBars();
}
