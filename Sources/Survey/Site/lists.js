// Models and data sets as tables with all that can be sorted by.
'use strict';

function modelsView() {
  const {models, values} = shown();
  const count = (model) => values.filter((row) => row.model === model.id).length;
  return [
    element('h2', {}, `${models.length} models`),
    selectionBar(values),
    sortable('Models', [
      {id: 'name', title: 'Model', key: (m) => m.name, show: (m) => toModel(m.id)},
      {id: 'branch', title: 'Branch', key: (m) => SURVEY.branches[m.branch]},
      {id: 'fusion', title: 'Fusion', key: (m) => m.fusion},
      {id: 'adaptation', title: 'Adaptation', key: (m) => m.adaptation},
      {id: 'architecture', title: 'Architecture', key: (m) => m.architecture.join(', ') || null},
      {id: 'backbone', title: 'Backbone', key: (m) => m.backbones.join(', ') || null},
      {id: 'parameters', title: 'Parameters (M)', key: (m) => m.parameters, isNumber: true},
      {id: 'gflops', title: 'GFLOPS', key: (m) => m.gflops, isNumber: true},
      {id: 'vram', title: 'Memory (GB)', key: (m) => m.vram, isNumber: true, digits: 0},
      {id: 'date', title: 'First', key: (m) => m.date},
      {id: 'country', title: 'Country', key: (m) => m.countries.join(', ') || null},
      {id: 'values', title: 'Values', key: count, isNumber: true, digits: 0},
      {id: 'here', title: 'Runs here', key: (m) => m.here.length ? 'yes' : 'no'},
    ], models),
  ];
}

function datasetsView() {
  const {datasets, values} = shown();
  const own = (dataset) => values.filter((row) => row.dataset === dataset.id && row.kind !== 'measured');
  const best = (dataset) => sortBy(own(dataset), (row) => row.value, true)[0];
  return [
    element('h2', {}, `${datasets.length} data sets`),
    selectionBar(values),
    sortable('Data sets', [
      {id: 'name', title: 'Data set', key: (d) => d.name, show: (d) => toDataset(d.id)},
      {id: 'region', title: 'Region', key: (d) => d.region.join(', ') || null},
      {id: 'structure', title: 'Structure', key: (d) => d.structure.join(', ') || null},
      {id: 'modality', title: 'Modality', key: (d) => d.modality.join(', ') || null},
      {id: 'images', title: 'Images', key: (d) => d.total, isNumber: true, digits: 0},
      {id: 'labelled', title: 'Labelled', key: (d) => d.labelled, isNumber: true, digits: 0},
      {id: 'values', title: 'Values', key: (d) => own(d).length, isNumber: true, digits: 0},
      {id: 'best', title: 'Best', key: (d) => best(d)?.value ?? null, isNumber: true},
      {id: 'leader', title: 'By', key: (d) => best(d) ? MODELS.get(best(d).model).name : null,
        show: (d) => best(d) ? toModel(best(d).model) : '–'},
    ], datasets),
  ];
}
