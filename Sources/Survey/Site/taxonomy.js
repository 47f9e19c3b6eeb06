// The taxonomy as a tree that filters every view, and the map of what was published at all.
'use strict';

function taxonomyView() {
  const {models} = shown();
  const kept = new Set(models.map((model) => model.id));
  const group = (items, key) => {
    const groups = new Map();
    for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
    return [...groups];
  };
  const node = (title, items, changes) => {
    const address = State.address({fusion: null, adaptation: null, ...changes});
    return [element('a', {href: address}, title), ' ', element('span', {class: 'count'}, `${items.filter((m) => kept.has(m.id)).length} of ${items.length}`)];
  };
  const leaves = (items) => element('details', {}, element('summary', {}, 'models'), element('ul', {}, sortBy(items, (m) => m.name, false).map((model) => element('li', {},
    kept.has(model.id) ? toModel(model.id) : element('span', {class: 'count'}, model.name)))));
  const tree = element('ul', {}, BRANCHES.map((branch) => {
    const own = SURVEY.models.filter((model) => model.branch === branch);
    const fusions = sortBy(group(own, (m) => m.fusion), ([fusion]) => fusion, false);
    return element('li', {}, node(SURVEY.branches[branch], own, {branch}),
      branch === 'task-specific' ? leaves(own) : element('ul', {}, fusions.map(([fusion, members]) => element('li', {},
        fusion === null ? 'no level stated ' : node(`Fusion level ${fusion}`, members, {branch, fusion}),
        element('ul', {}, sortBy(group(members, (m) => m.adaptation), ([a]) => a, false).map(([adaptation, some]) => element('li', {},
          node((adaptation ?? 'not stated').replaceAll('-', ' '), some, {branch, fusion, adaptation}), leaves(some))))))));
  }));
  return [
    element('h2', {}, 'Taxonomy'),
    element('p', {class: 'note'}, 'A click on a branch, a level or an adaptation filters every view by it.'),
    element('div', {class: 'tree'}, tree),
  ];
}

function coverageView() {
  const {models, datasets, values} = shown();
  const published = values.filter((row) => row.kind !== 'measured');
  const rows = sortBy(datasets, (d) => d.name, false).map((dataset) => ({
    dataset,
    cells: BRANCHES.map((branch) => {
      const own = models.filter((model) => model.branch === branch);
      const ids = new Set(published.filter((row) => row.dataset === dataset.id).map((row) => row.model));
      return {branch, filled: own.filter((model) => ids.has(model.id)).length, possible: own.length};
    }),
  }));
  const cell = ({filled, possible}, row, index) => {
    const share = possible > 0 ? Math.round(60 * filled / possible) : 0;
    return element('td', {class: 'n heat', style: `background:color-mix(in srgb,var(--heat) ${share}%,var(--page))`},
      to({view: 'matrix', branch: BRANCHES[index], dataset: row.dataset.id}, `${filled} of ${possible}`));
  };
  const filled = rows.reduce((sum, row) => sum + row.cells.reduce((s, c) => s + c.filled, 0), 0);
  const possible = rows.reduce((sum, row) => sum + row.cells.reduce((s, c) => s + c.possible, 0), 0);
  return [
    element('h2', {}, `${filled} of ${possible} cells have a value`),
    element('p', {class: 'note'}, 'Models of each branch that have a published value on a data set. Pale cells are work that nobody has published.'),
    element('div', {class: 'bar'}, element('button', {
      id: 'coverage-csv', onclick: () => download('coverage.csv', csv([['dataset', ...BRANCHES.flatMap((b) => [b, `${b}_of`])],
        ...rows.map((row) => [row.dataset.id, ...row.cells.flatMap((c) => [c.filled, c.possible])])]), 'text/csv'),
    }, 'CSV'), element('button', {id: 'coverage-svg', onclick: () => download('coverage.svg', coverageSVG(rows), 'image/svg+xml')}, 'SVG')),
    element('div', {class: 'scroll list', tabindex: 0, role: 'region', 'aria-label': 'Coverage'}, element('table', {},
      element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'Data set'), BRANCHES.map((b) => element('th', {scope: 'col', class: 'n'}, SURVEY.branches[b])))),
      element('tbody', {}, rows.map((row) => element('tr', {}, element('th', {scope: 'row'}, toDataset(row.dataset.id)), row.cells.map((c, index) => cell(c, row, index))))))),
  ];
}

function coverageSVG(rows) {
  const height = 60 + rows.length * 16;
  const drawing = element('svg', {viewBox: `0 0 ${MEASURE} ${height}`, 'font-family': 'system-ui,sans-serif', 'font-size': 11},
    BRANCHES.map((b, i) => label(260 + i * 100, 30, b, {'text-anchor': 'middle'})),
    rows.flatMap((row, index) => [label(200, 55 + index * 16, row.dataset.name, {'text-anchor': 'end'}),
      ...row.cells.map((c, i) => element('rect', {x: 211 + i * 100, y: 43 + index * 16, width: 98, height: 15, stroke: '#ddd',
        fill: `rgba(47,127,184,${c.possible ? (c.filled / c.possible).toFixed(3) : 0})`}, element('title', {}, `${row.dataset.id}, ${c.branch}: ${c.filled} of ${c.possible}`)))]));
  return new XMLSerializer().serializeToString(drawing) + '\n';
}
