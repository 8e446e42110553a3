/**
 * Which offers this visitor is shown, and how often: `data-at` of a box says where it stands, `data-edge` and `data-salt` that some visitors
 * are held out from it. Nothing is kept or sent before the shopper agrees to be counted; who does not agree is shown everything.
 */
const marks: string[] = [];
const allowed = () => window.Shopify?.customerPrivacy?.analyticsProcessingAllowed();

export const post = (address: string, body: object) => fetch(address, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});

/** `what`: a letter for what happened, the offer's number, the placement. Once until it is sent. */
export const count = (what: string) => marks.includes(what) || marks.push(what);

/** Every box of the page, also one that was drawn anew. */
export const meet = () => window.Shopify?.loadFeatures?.([{ name: 'consent-tracking-api', version: '0.1' }], () => document.querySelectorAll<HTMLElement>('[data-at]').forEach(async (box) => {
  const { number, at, edge, salt, visitor, known } = box.dataset;
  let mark = 's';
  if (edge && allowed()) {
    const kept = localStorage;
    const name = visitor || (kept.tandem ||= crypto.randomUUID());
    // The arm is the first two bytes of SHA-256(salt, visitor); the app works out the same when the order comes.
    const drawn = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(salt + name));
    if (new DataView(drawn).getUint16(0) < +edge) mark = 'h';
    if (!kept[salt!]) mark += 'n'; // this visitor had not met the offer before
    kept[salt!] = 1;
    // The order is to tell that they had.
    if (!known) post('/cart/update.js', { attributes: { ['_tandem_arm' + number]: salt + name } });
  }
  box.hidden = mark[0] === 'h';
  count(mark + number + at);
}));

document.addEventListener('visibilitychange', () => marks[0] && allowed() && navigator.sendBeacon('/apps/tandem/seen', marks.splice(0) as unknown as string));
