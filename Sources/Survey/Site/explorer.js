// Draws the view that the address names, whenever it changes.
'use strict';

const VIEWS = [
  ['matrix', 'Values', matrixView], ['models', 'Models', modelsView], ['datasets', 'Data sets', datasetsView],
  ['charts', 'Charts', chartsView], ['taxonomy', 'Taxonomy', taxonomyView], ['coverage', 'Coverage', coverageView],
];
const PAGES = {model: modelPage, dataset: datasetPage};

function draw() {
  const view = State.get('view', 'matrix');
  const known = VIEWS.find(([id]) => id === view);
  document.getElementById('tip').hidden = true;
  document.getElementById('views').replaceChildren(...VIEWS.map(([id, title]) => element('a', {
    href: State.address({view: id, id: null, sort: null}), 'aria-current': id === view ? 'page' : null,
  }, title)));
  filterPanel();
  const main = document.getElementById('main');
  const held = document.activeElement?.dataset?.sort;
  const scrolled = main.querySelector('.scroll')?.scrollLeft ?? 0;
  main.replaceChildren(...(known?.[2] ?? PAGES[view] ?? matrixView)().flat(Infinity).filter(Boolean));
  if (held) main.querySelector(`[data-sort="${CSS.escape(held)}"]`)?.focus({preventScroll: true});
  const scroll = main.querySelector('.scroll');
  if (scroll && held) scroll.scrollLeft = scrolled;
  const {models, values} = shown();
  say(`${models.length} models and ${values.length} values fit`);
  if (PAGES[view]) scrollTo(0, 0);
}

addEventListener('hashchange', draw);
addEventListener('keydown', (event) => { if (event.key === 'Escape') document.getElementById('tip').hidden = true; });
draw();
