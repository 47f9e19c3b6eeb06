// What is shown, as the address holds it, and the rows that it leaves. Values of one filter are alternatives.
'use strict';

const FILTERS = [
  ['framework', 'Framework', (m) => [m.framework]],
  ['branch', 'Branch', (m) => [m.branch]],
  ['fusion', 'Fusion level', (m) => [m.fusion]],
  ['adaptation', 'Adaptation', (m) => [m.adaptation]],
  ['architecture', 'Architecture', (m) => m.architecture],
  ['backbone', 'Backbone', (m) => m.backbones],
  ['country', 'Country', (m) => m.countries],
  ['dataset', 'Data set', null, (d) => [d.id]],
  ['organ', 'Organ', null, (d) => d.objects],
  ['structure', 'Main structure', null, (d) => d.structure],
  ['region', 'Region', null, (d) => d.region],
  ['modality', 'Modality', null, (d) => d.modality],
].map(([id, title, ofModel, ofDataset]) => ({id, title, ofModel, ofDataset}));

const NUMBERS = [
  ['from', 'Year from', (m, bound) => m.year !== null && m.year >= bound],
  ['to', 'Year to', (m, bound) => m.year !== null && m.year <= bound],
  ['parameters', 'Parameters at most (million)', (m, bound) => m.parameters !== null && m.parameters <= bound],
  ['vram', 'Training memory at most (GB)', (m, bound) => m.vram !== null && m.vram <= bound],
  ['gflops', 'GFLOPS at most', (m, bound) => m.gflops !== null && m.gflops <= bound],
].map(([id, title, keeps]) => ({id, title, keeps}));

const KINDS = ['best', 'primary'];
const byID = (list) => new Map(list.map((item) => [item.id, item]));
const MODELS = byID(SURVEY.models);
const DATASETS = byID(SURVEY.datasets);
const SOURCES = byID(SURVEY.sources);

/// The state in the address: `#view=matrix&branch=sam&branch=sam2&sort=-btcv`.
const State = {
  read() { return new URLSearchParams(location.hash.slice(1)); },

  get(name, otherwise = '') { return State.read().get(name) ?? otherwise; },

  all(name) { return State.read().getAll(name); },

  /// The address with some entries changed; lists become repeated entries, nothing takes one away.
  address(changes) {
    const state = State.read();
    for (const [name, value] of Object.entries(changes)) {
      state.delete(name);
      for (const item of [value].flat()) {
        if (item !== null && item !== undefined && item !== '') state.append(name, item);
      }
    }
    return '#' + state;
  },

  set(changes) { location.hash = State.address(changes); },
};

/// The models, data sets and values that the filters leave.
function shown() {
  const state = State.read();
  const words = state.get('search')?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const fits = (item, side) => FILTERS.every((filter) => {
    const wanted = state.getAll(filter.id);
    if (wanted.length === 0 || !filter[side]) return true;
    return filter[side](item).some((value) => wanted.includes(value ?? ''));
  });
  const models = SURVEY.models.filter((model) => fits(model, 'ofModel')
    && NUMBERS.every((number) => !state.get(number.id) || number.keeps(model, Number(state.get(number.id))))
    && words.every((word) => model.text.includes(word)));
  const datasets = SURVEY.datasets.filter((dataset) => fits(dataset, 'ofDataset'));
  const kind = KINDS.includes(state.get('kind')) ? state.get('kind') : 'best';
  const [m, d] = [new Set(models.map((x) => x.id)), new Set(datasets.map((x) => x.id))];
  const sure = state.get('sure') === '1';
  const values = SURVEY.results.filter((row) => m.has(row.model) && d.has(row.dataset)
    && (row.kind === kind || row.kind === 'measured') && !(sure && row.doubts.length > 0));
  return {models, datasets, values, kind};
}

const number = (value, digits = 2) => value === null ? '–' : value.toFixed(digits);
const sortBy = (list, key, down) => [...list].sort((a, b) => {
  const [x, y] = [key(a), key(b)];
  if (x === null || y === null) return (x === null) - (y === null);
  const order = typeof x === 'number' ? x - y : String(x).localeCompare(String(y), 'en', {numeric: true});
  return down ? -order : order;
});
const median = (values) => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
