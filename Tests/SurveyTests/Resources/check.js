// Uses the explorer as a reader would, and writes what it found into the page. Loaded by a page of the tests only.
'use strict';

const CHECKS = [];
const check = (name, passed, met = '') => CHECKS.push({name, passed: Boolean(passed), met: String(met)});
const settle = () => new Promise((done) => setTimeout(done, 30));
const go = async (hash) => { location.hash = hash; await settle(); };
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];
const SAVED = [];
// Reading a blob takes real time, which a browser with virtual time does not wait for.
window.Blob = class extends Blob {
  constructor(parts, options) { super(parts, options); this.content = parts.join(''); }
};
URL.createObjectURL = (blob) => { SAVED.push(blob); return 'blob:saved'; };
const press = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () { if (!this.hasAttribute('download')) press.call(this); };
const click = async (target) => { target.click(); await settle(); };
const cells = () => $$('.matrix td button');

async function checkMatrix() {
  check('all best values are shown', cells().length === SURVEY.results.filter((r) => r.kind !== 'primary').length, cells().length);
  const branch = $$('#choices-branch input');
  await click(branch[SURVEY.models.length ? [...VOCABULARIES.get('branch')].findIndex(([b]) => b === 'sam2') : 0]);
  check('a filter is in the address', location.hash.includes('branch=sam2'), location.hash);
  const sam2 = new Set(SURVEY.models.filter((m) => m.branch === 'sam2').map((m) => m.id));
  check('a filter leaves its values', cells().length === SURVEY.results.filter((r) => sam2.has(r.model) && r.kind !== 'primary').length, cells().length);
  await click($('[data-sort="btcv"]'));
  check('order is in the address', location.hash.includes('sort=-btcv'), location.hash);
  const column = $$('.matrix thead th').findIndex((th) => th.querySelector('[data-sort="btcv"]'));
  const values = $$('.matrix tbody tr').map((tr) => tr.children[column].textContent).filter(Boolean).map(Number);
  check('a column is in order', values.length > 1 && values.every((v, i) => i === 0 || v <= values[i - 1]), values);
  check('the heading says so', $('[data-sort="btcv"]').parentElement.getAttribute('aria-sort') === 'descending');
  cells()[0].focus();
  check('a source shows at the focus', !$('#tip').hidden && /20\d\d/.test($('#tip').textContent), $('#tip').textContent);
  cells()[0].blur();
  cells()[0].dispatchEvent(new MouseEvent('mouseenter'));
  check('a source shows on hover', !$('#tip').hidden);
  await click(cells()[0]);
  check('a click opens the value', $('#detail').open && $('#detail').textContent.includes('publication'));
  $('#detail').close();
  await click($('#clear'));
  check('filters can be cleared', cells().length > 700, cells().length);
}

async function checkDownloads() {
  await go('view=matrix&dataset=btcv');
  await click($('#save-bibtex'));
  const entries = SAVED.at(-1).content.match(/^@/gm)?.length ?? 0;
  const cited = new Set(SURVEY.results.filter((r) => r.dataset === 'btcv' && r.kind === 'best' && r.source).map((r) => r.source)).size;
  check('the bibliography is that of the selection', entries === cited, `${entries} of ${cited}`);
  await click($('#save-values'));
  const lines = SAVED.at(-1).content.trim().split('\n').length;
  check('values are saved', lines === 1 + cells().length, lines);
  await go('view=charts');
  for (const id of ['timeline', 'parameters', 'frameworks']) {
    await click($(`#${id}-svg`));
    const svg = SAVED.at(-1).content;
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    check(`${id} is saved as SVG`, !parsed.querySelector('parsererror') && !svg.includes('var(') && !svg.includes('NaN'), svg.slice(0, 80));
    await click($(`#${id}-csv`));
    check(`${id} is saved as CSV`, SAVED.at(-1).content.split('\n').length > 5);
  }
  await go('view=coverage');
  await click($('#coverage-csv'));
  check('coverage is saved', SAVED.at(-1).content.split('\n').length > SURVEY.datasets.length);
}

async function checkPages() {
  await go('view=taxonomy');
  await click($$('.tree a').find((a) => a.textContent.startsWith('Fusion level F3')));
  check('the taxonomy filters', location.hash.includes('fusion=F3') && location.hash.includes('branch=sam2'), location.hash);
  await go(location.hash.slice(1).replace('view=taxonomy', 'view=models'));
  check('and so in every view', $$('tbody tr').length === SURVEY.models.filter((m) => m.branch === 'sam2' && m.fusion === 'F3').length, $$('tbody tr').length);
  await go('view=model&id=medsam');
  check('a model has its page', $('h2').textContent === 'MedSAM' && $('main').textContent.includes('fairness') && $('main').textContent.includes('not known'));
  await go('view=dataset&id=btcv');
  const ranking = $$('tbody td:nth-child(2)').map((td) => Number(td.textContent));
  check('a data set has its ranking', ranking.length > 20 && ranking.every((v, i) => i === 0 || v <= ranking[i - 1]), ranking.length);
  await go('view=model&id=%3Cimg%20src%3Dx%3E');
  check('an unknown name is said', $('main').textContent.includes('no such model') && !$('main img'));
  await go('view=matrix&branch=no-such-branch&sort=-%22%3E&from=x');
  check('odd addresses do no harm', $('h2').textContent.startsWith('0 values'), $('h2').textContent);
}

/// Names, roles and contrast: what a reader without mouse, or with weak eyes, needs.
async function checkAccess() {
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const ground = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const color = rgb(getComputedStyle(n).backgroundColor);
      if (color[3] > 250) return color;
    }
    return [255, 255, 255];
  };
  for (const view of ['matrix', 'models', 'datasets', 'charts', 'taxonomy', 'coverage', 'model&id=medsam', 'dataset&id=btcv']) {
    await go(`view=${view}`);
    const nameless = $$('a,button,input,summary,[role=img]').filter((n) => !(n.textContent.trim() || n.getAttribute('aria-label') || n.labels?.length));
    check(`${view}: everything has a name`, nameless.length === 0, nameless[0]?.outerHTML);
    const ids = $$('[id]').map((n) => n.id);
    check(`${view}: no id is there twice`, new Set(ids).size === ids.length);
    const weak = $$('main *, aside *, header *').filter((n) => [...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim()) && !n.closest('svg'))
      .map((n) => [n, light(rgb(getComputedStyle(n).color)), light(ground(n))])
      .filter(([, a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5);
    check(`${view}: text stands out`, weak.length === 0, weak[0]?.[0].outerHTML);
    if (window.axe) {
      const found = await axe.run(document, {resultTypes: ['violations']});
      check(`${view}: axe`, found.violations.length === 0, found.violations.map((v) => `${v.id} ${v.nodes.length} ${v.nodes[0].html.slice(0, 160)}`).join(' | '));
    }
  }
}

(async () => {
  try {
    await go('');
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    check('the first paint is quick', paint === undefined || paint < 1000, paint);
    await checkMatrix();
    await checkDownloads();
    await checkPages();
    await checkAccess();
  } catch (error) { check('no error', false, error.stack); }
  document.body.append(Object.assign(document.createElement('pre'), {id: 'report', textContent: JSON.stringify(CHECKS)}));
})();
