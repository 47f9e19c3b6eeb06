// The table of models and data sets: colour by rank within a data set, sources on hover, order by any column.
'use strict';

function matrixView() {
  const {models, datasets, values, kind} = shown();
  const cells = new Map();
  for (const row of values) {
    const key = `${row.model} ${row.dataset}`;
    cells.set(key, [...(cells.get(key) ?? []), row]);
  }
  const published = values.filter((row) => row.kind !== 'measured');
  const columns = datasets.map((dataset) => {
    const own = published.filter((row) => row.dataset === dataset.id).map((row) => row.value);
    return {dataset, low: Math.min(...own), high: Math.max(...own), count: own.length};
  }).filter((column) => cells.size && values.some((row) => row.dataset === column.dataset.id));
  const filled = models.filter((model) => values.some((row) => row.model === model.id));
  const wanted = State.get('sort', 'name');
  const [id, down] = [wanted.replace(/^-/, ''), wanted.startsWith('-')];
  const value = (model, dataset) => cells.get(`${model} ${dataset}`)?.find((row) => row.kind !== 'measured')?.value ?? null;
  const rows = sortBy(filled, DATASETS.has(id) ? (model) => value(model.id, id) : (model) => model.name, down);
  const order = (name, key, first) => element('th', {
    scope: 'col', 'aria-sort': key === id ? (down ? 'descending' : 'ascending') : null,
  }, element('button', {
    'data-sort': key, onclick: () => State.set({sort: (key === id ? !down : first) ? `-${key}` : key}),
  }, name));
  const cell = (row, column) => {
    const share = column.high > column.low && row.kind !== 'measured'
      ? Math.round(8 + 62 * (row.value - column.low) / (column.high - column.low)) : 8;
    return withTip(element('button', {
      style: `--share:${Math.max(0, Math.min(70, share))}%`,
      class: [row.doubts.length ? 'doubt' : '', row.kind === 'measured' ? 'measured' : ''].join(' ').trim() || null,
      'aria-label': about(row).join('. '), onclick: () => openDetail(row),
    }, number(row.value, 1)), row);
  };
  const text = () => csv([['model', ...columns.map((c) => c.dataset.id)],
    ...rows.map((model) => [model.id, ...columns.map((c) => value(model.id, c.dataset.id))])]);
  return [
    element('h2', {}, `${published.length} values of ${filled.length} models on ${columns.length} data sets`),
    element('p', {class: 'note'}, `Each cell is the ${kind === 'best' ? 'best published value' : "value of the model's own paper"}; the stronger its colour, the higher within its data set. Dotted: in doubt. Framed: measured by us, and averaged with nothing.`),
    selectionBar(values, () => download('matrix.csv', text(), 'text/csv')),
    element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Values'},
      element('table', {class: 'matrix'},
        element('thead', {}, element('tr', {}, order('Model', 'name', false), columns.map((c) => order(c.dataset.name, c.dataset.id, true)))),
        element('tbody', {}, rows.map((model) => element('tr', {}, element('th', {scope: 'row'}, toModel(model.id)),
          columns.map((c) => element('td', {}, (cells.get(`${model.id} ${c.dataset.id}`) ?? []).map((row) => cell(row, c))))))))),
  ];
}

/// What can be taken away of the values that are shown.
function selectionBar(values, table) {
  const cited = [...new Set(values.map((row) => row.source))].map((id) => SOURCES.get(id)).filter(Boolean);
  const rows = () => csv([['model', 'dataset', 'value', 'kind', 'source', 'note', 'doubts'],
    ...values.map((row) => [row.model, row.dataset, row.value, row.kind, row.source, row.note, row.doubts.join('; ')])]);
  return element('div', {class: 'bar'},
    table ? element('button', {id: 'save-table', onclick: table}, 'Table as CSV') : null,
    element('button', {id: 'save-values', onclick: () => download('values.csv', rows(), 'text/csv')}, 'Values as CSV'),
    element('button', {
      id: 'save-bibtex', onclick: () => download('survey.bib', sortBy(cited, (s) => s.id, false).map((s) => s.bibtex).join('\n'), 'text/plain'),
    }, `BibTeX of ${cited.length} sources`));
}
