// Draws the charts of charts.html with uPlot, from the table that stands under each. Without this file the tables remain.

const LIBRARY = new URL('./uplot.min.js', import.meta.url).href;
const ITS_LOOK = new URL('./uplot.min.css', import.meta.url).href;
const DAY = 86400;
/** What a meaning looks like besides its colour (--chart-… in admin.css): dashes of a line, distance of a bar's hatching. */
const DASHES = /** @type {Record<string, number[]>} */ ({ before: [3, 4], out: [9, 4], held: [2, 3], owed: [9, 3, 2, 3], bad: [5, 5] });
const HATCHED = /** @type {Record<string, number>} */ ({ out: 6, held: 9, before: 12, bad: 4 });

/** Titles of the charts whose numbers stand open. */
const OPENED = new Set();

/** @type {Promise<any> | undefined} */ let loading;

function library() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = LIBRARY;
    script.onload = () => done(/** @type {any} */ (window).uPlot);
    script.onerror = failed;
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: ITS_LOOK }), script);
  });
  return loading;
}

/** @typedef {{ labels: string[], days: number[] | null, series: { label: string, meaning: string, values: (number | null)[], shown: string[] }[] }} Numbers */

/** @param {HTMLTableElement} table @returns {Numbers} */
function read(table) {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  const days = rows.map((row) => Date.parse(`${row.cells[0]?.dataset.day}T00:00:00Z`) / 1000);
  const series = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1).map((head, n) => {
    const cells = rows.map((row) => row.cells[n + 1]);
    const values = cells.map((cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null));
    return { label: text(head), meaning: head.dataset.meaning ?? 'plain', values, shown: cells.map(text) };
  });
  return { labels: rows.map((row) => text(row.cells[0])), days: days.some(Number.isNaN) ? null : days, series };
}

/** @param {Element | undefined} element */
const text = (element) => element?.textContent?.trim() ?? '';

/** @param {string} colour @param {number} gap what tells two bars apart where their colours do not */
function hatching(colour, gap) {
  const tile = Object.assign(document.createElement('canvas'), { width: gap, height: gap });
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  Object.assign(pen, { strokeStyle: colour, lineWidth: 2 });
  for (const shift of [-gap, 0, gap]) {
    pen.moveTo(shift, gap);
    pen.lineTo(shift + gap, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat');
}

class Chart extends HTMLElement {
  async connectedCallback() {
    const table = this.querySelector('table');
    if (!table || this.plot) return;
    this.numbers = read(table);
    this.keepOpen();
    this.watch = new ResizeObserver(() => this.fit());
    try {
      const UPlot = await library();
      if (this.isConnected) this.draw(UPlot);
    } catch {
      this.querySelector('details')?.setAttribute('open', ''); // the numbers instead of the picture
    }
  }

  /** A page that draws itself anew leaves the numbers open that somebody is reading. */
  keepOpen() {
    const details = this.querySelector('details');
    const title = text(this.closest('.chart')?.querySelector('.chart-title') ?? undefined);
    if (!details) return;
    if (OPENED.has(title)) details.open = true;
    details.addEventListener('toggle', () => (details.open ? OPENED.add(title) : OPENED.delete(title)));
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.plot?.destroy();
    this.plot = undefined;
  }

  /** @param {any} UPlot */
  draw(UPlot) {
    const box = /** @type {HTMLElement} */ (this.querySelector('.chart-picture'));
    const { days, labels, series } = /** @type {Numbers} */ (this.numbers);
    this.plot?.destroy();
    box.replaceChildren();
    const xs = this.dataset.kind === 'line' && days ? days : labels.map((_label, n) => n);
    this.plot = new UPlot(this.options(UPlot, box), [xs, ...series.map((one) => one.values)], box);
    this.watch?.observe(box);
  }

  fit() {
    const box = this.querySelector('.chart-picture');
    if (box?.clientWidth) this.plot?.setSize({ width: box.clientWidth, height: box.clientHeight });
  }

  /** @param {any} UPlot @param {HTMLElement} box */
  options(UPlot, box) {
    const { series } = /** @type {Numbers} */ (this.numbers);
    const style = getComputedStyle(this);
    const mirrored = style.direction === 'rtl';
    const line = this.dataset.kind === 'line';
    const look = { stroke: style.getPropertyValue('--chart-text'), font: `12px ${style.fontFamily}`, grid: { stroke: style.getPropertyValue('--chart-grid'), width: 1 }, ticks: { show: false } };
    return {
      width: box.clientWidth,
      height: box.clientHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: line } },
      scales: { x: { time: false, dir: mirrored ? -1 : 1, range: this.width() }, y: { range: (/** @type {any} */ _plot, /** @type {number} */ low, /** @type {number} */ high) => reach(low, high) } },
      padding: [10, mirrored ? null : 30, 0, mirrored ? 30 : null],
      axes: [{ ...look, ...this.across(), size: 30, grid: { show: false } }, { ...look, side: mirrored ? 1 : 3, size: wide, values: (/** @type {any} */ _plot, /** @type {number[]} */ at) => at.map(this.amount()), incrs: this.dataset.currency ? undefined : WHOLE }],
      series: [{}, ...series.map((one, n) => ({ label: one.label, ...(line ? lineOf(one.meaning, style) : barOf(one.meaning, style, UPlot.paths.bars(beside(n, series.length)))) }))],
      hooks: { setCursor: [(/** @type {any} */ plot) => this.tell(plot.cursor.idx)] },
    };
  }

  /** Half a step of room at both ends of bars, and of a line with one point. */
  width() {
    const bars = this.dataset.kind === 'bars' || !this.numbers?.days;
    return (/** @type {any} */ _plot, /** @type {number} */ low, /** @type {number} */ high) => (bars ? [low - 0.6, high + 0.6] : low === high ? [low - DAY, high + DAY] : [low, high]);
  }

  /** The axis of days or words. */
  across() {
    const { days, labels } = /** @type {Numbers} */ (this.numbers);
    const write = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    const short = days ? days.map((day) => write.format(day * 1000)) : labels;
    const timed = this.dataset.kind === 'line' && days;
    return {
      space: 76,
      incrs: (timed ? [1, 2, 7, 14, 28, 56, 91, 182, 364] : [1, 2, 5, 10, 20, 50]).map((step) => step * (timed ? DAY : 1)),
      values: (/** @type {any} */ _plot, /** @type {number[]} */ at) => at.map((x) => (timed ? write.format(x * 1000) : (short[x] ?? ''))),
    };
  }

  /** @returns {(value: number) => string} */
  amount() {
    const currency = this.dataset.currency;
    const how = currency ? { style: /** @type {const} */ ('currency'), currency, notation: /** @type {const} */ ('compact') } : { notation: /** @type {const} */ ('compact') };
    const write = new Intl.NumberFormat(document.documentElement.lang, how);
    return (value) => write.format(value);
  }

  /** What the pointer stands on, in words. @param {number | null | undefined} at */
  tell(at) {
    const line = this.querySelector('.chart-reading');
    const { labels, series } = /** @type {Numbers} */ (this.numbers);
    if (line) line.textContent = at === null || at === undefined ? '' : `${labels[at]} · ${series.map((one) => `${one.label}: ${one.shown[at]}`).join(' · ')}`;
  }
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000];

/** From nothing, or from below it, to a little above the highest. @param {number | null} low @param {number | null} high */
function reach(low, high) {
  const top = Math.max(high ?? 0, 0);
  const bottom = Math.min(low ?? 0, 0);
  return [bottom * 1.1, top || bottom ? top * 1.1 : 1];
}

/** Room for the longest amount. @param {any} _plot @param {string[] | null} amounts */
function wide(_plot, amounts) {
  return 18 + 7 * Math.max(2, ...(amounts ?? []).map((amount) => amount.length));
}

/** @param {string} meaning @param {CSSStyleDeclaration} style */
function lineOf(meaning, style) {
  const colour = style.getPropertyValue(`--chart-${meaning}`);
  return { stroke: colour, width: 2, dash: DASHES[meaning], points: { size: 5, fill: colour } };
}

/** @param {string} meaning @param {CSSStyleDeclaration} style @param {unknown} paths */
function barOf(meaning, style, paths) {
  const colour = style.getPropertyValue(`--chart-${meaning}`);
  const gap = HATCHED[meaning];
  return { stroke: colour, width: 1, fill: gap ? () => hatching(colour, gap) : colour, paths, points: { show: false } };
}

/** Where the bars of one series stand: alone in the middle, or to either side of it. @param {number} n @param {number} of */
function beside(n, of) {
  return of === 1 ? { size: [0.6, 64] } : { size: [0.4, 48], align: n === 0 ? -1 : 1 };
}

customElements.define('tandem-chart', Chart);
