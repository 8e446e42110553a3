// `node lighthouse.mjs URL CHROMIUM`: one run as Lighthouse does it by default (a phone, slow network and processor simulated), as JSON.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const [url, chromePath] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] });
try {
  const { lhr } = await lighthouse(url, { port: chrome.port, output: 'json', logLevel: 'error', onlyCategories: ['performance', 'accessibility'] });
  const figure = (name) => lhr.audits[name].numericValue;
  const faults = lhr.categories.accessibility.auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score === 0).map(({ id }) => id);
  console.log(JSON.stringify({
    performance: Math.round(lhr.categories.performance.score * 100), accessibility: Math.round(lhr.categories.accessibility.score * 100),
    cls: figure('cumulative-layout-shift'), lcp: Math.round(figure('largest-contentful-paint')), fcp: Math.round(figure('first-contentful-paint')),
    tbt: Math.round(figure('total-blocking-time')), bytes: figure('total-byte-weight'), faults,
  }));
} finally {
  chrome.kill();
}
