// The page of one model and that of one data set.
'use strict';

const facts = (rows) => element('dl', {}, rows.flatMap(([name, value]) => [
  element('dt', {}, name),
  element('dd', {}, value === null || value === undefined || value === '' || value.length === 0 ? 'not known' : value),
]));

const doubtsOf = (item) => item.doubts.map((doubt) => element('p', {class: 'flag'}, `In doubt: ${doubt}`));

function valueTable(rows, title, link, standard) {
  return sortable('Values', [
    {id: 'name', title, key: link.name, show: link.show},
    {id: 'value', title: 'Dice', key: (row) => row.value, isNumber: true},
    {id: 'kind', title: 'Kind', key: (row) => row.kind},
    {id: 'source', title: 'Source', key: (row) => SOURCES.get(row.source)?.short ?? null,
      show: (row) => element('button', {onclick: () => openDetail(row)}, row.kind === 'measured' ? 'our run' : SOURCES.get(row.source)?.short ?? 'none')},
    {id: 'note', title: 'Note', key: (row) => [row.setting, row.split, row.note].filter(Boolean).join('; ') || null},
    {id: 'doubts', title: 'In doubt', key: (row) => row.doubts.join('; ') || null},
  ], rows, standard);
}

function modelPage() {
  const model = MODELS.get(State.get('id'));
  if (!model) return [element('p', {}, 'There is no such model.')];
  const rows = SURVEY.results.filter((row) => row.model === model.id);
  return [
    element('h2', {}, model.name),
    element('p', {class: 'note'}, model.title ?? ''),
    doubtsOf(model),
    facts([
      ['branch', [SURVEY.branches[model.branch], model.fusion, model.adaptation].filter(Boolean).join(', ')],
      ['architecture', model.architecture.join(', ')], ['backbone', model.backbones.join(', ')],
      ['parameters', model.parameters === null ? null : `${model.parameters} million`],
      ['operations', model.gflops === null ? null : `${model.gflops} GFLOPS`],
      ['training and its cost', model.cost],
      ['published', [model.date, model.venue].filter(Boolean).join(', ')],
      ['paper', link(model.paper)], ['code', model.code ? link(model.code) : null],
      ['affiliations', model.affiliations.join(', ')],
      ['runs here', model.here.length === 0 ? 'no' : model.here.map((h) => `vesalius segment --model ${h.id} (weights: ${h.weightsLicence}; ${h.parity})`).join('; ')],
    ]),
    SURVEY.dimensions.flatMap((dimension) => [
      element('h3', {}, dimension.title),
      facts(dimension.items.map((item) => {
        const known = model.evidence.filter((e) => e.item === item.id);
        return [item.title, known.flatMap((e) => [element('div', {}, `${e.statement} (${e.basis}) `, link(e.origin))])];
      })),
    ]),
    element('h3', {}, `${rows.length} values`),
    valueTable(rows, 'Data set', {name: (row) => DATASETS.get(row.dataset).name, show: (row) => toDataset(row.dataset)}),
  ];
}

function datasetPage() {
  const dataset = DATASETS.get(State.get('id'));
  if (!dataset) return [element('p', {}, 'There is no such data set.')];
  const rows = SURVEY.results.filter((row) => row.dataset === dataset.id);
  const best = new Set(rows.filter((row) => row.kind === 'best').map((row) => row.model));
  const ranking = rows.filter((row) => row.kind !== 'primary' || !best.has(row.model));
  return [
    element('h2', {}, dataset.name),
    element('p', {class: 'note'}, dataset.fullName ?? ''),
    doubtsOf(dataset),
    facts([
      ['region', dataset.region.join(', ')], ['structure', dataset.structure.join(', ')],
      ['modality', dataset.modality.join(', ')],
      ['images', dataset.total === null ? null : `${dataset.total}, ${dataset.labelled ?? 'unknown'} labelled`],
      ['objects', dataset.objects.join(', ')], ['related', dataset.related.join(', ')],
      ['links', dataset.links.map((address) => element('div', {}, link(address)))],
    ]),
    element('h3', {}, 'Ranking by the best published value'),
    valueTable(ranking, 'Model', {name: (row) => MODELS.get(row.model).name, show: (row) => toModel(row.model)}, '-value'),
  ];
}
