// The filters beside every view: lists to choose from, bounds, words; all of it in the address.
'use strict';

/// How many models or data sets have each value.
function vocabulary(filter) {
  const counts = new Map();
  const [items, values] = filter.ofModel
    ? [SURVEY.models, filter.ofModel] : [SURVEY.datasets, filter.ofDataset];
  for (const item of items) {
    for (const value of values(item)) {
      if (value !== null && value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => a[0].localeCompare(b[0], 'en', {numeric: true}));
}

const VOCABULARIES = new Map(FILTERS.map((filter) => [filter.id, vocabulary(filter)]));
const OPEN = new Set(['branch', 'region']);

function filterPanel() {
  const panel = document.getElementById('filters');
  const held = document.activeElement?.id;
  const scrolled = new Map([...panel.querySelectorAll('.choices')].map((c) => [c.id, c.scrollTop]));
  const active = [...FILTERS, ...NUMBERS].filter((f) => State.all(f.id).length > 0);
  panel.replaceChildren(...[
    element('div', {class: 'bar'}, element('label', {for: 'search'}, 'Words')),
    element('input', {
      id: 'search', type: 'text', value: State.get('search'),
      onchange: (event) => State.set({search: event.target.value}),
    }),
    element('fieldset', {style: 'border:0;padding:.5rem 0;margin:0'},
      element('legend', {class: 'unseen'}, 'Kind of value'),
      KINDS.map((kind) => element('label', {}, element('input', {
        type: 'radio', name: 'kind', id: `kind-${kind}`, checked: State.get('kind', 'best') === kind,
        onchange: () => State.set({kind}),
      }), kind === 'best' ? ' best of any paper' : " of the model's own paper")),
      element('label', {}, element('input', {
        type: 'checkbox', id: 'sure', checked: State.get('sure') === '1',
        onchange: (event) => State.set({sure: event.target.checked ? '1' : ''}),
      }), ' without values in doubt')),
    FILTERS.map(choices),
    element('details', {open: NUMBERS.some((n) => State.get(n.id))}, element('summary', {}, 'Year and budget'),
      NUMBERS.map((bound) => element('label', {}, `${bound.title} `, element('input', {
        type: 'number', id: `bound-${bound.id}`, min: 0, value: State.get(bound.id),
        onchange: (event) => State.set({[bound.id]: event.target.value}),
      })))),
    element('div', {class: 'bar'}, element('button', {
      id: 'clear', disabled: active.length === 0 && !State.get('search'),
      onclick: () => State.set(Object.fromEntries([...FILTERS, ...NUMBERS].map((f) => [f.id, null]).concat([['search', null], ['sure', null]]))),
    }, 'Clear filters')),
  ].flat());
  for (const list of panel.querySelectorAll('.choices')) list.scrollTop = scrolled.get(list.id) ?? 0;
  if (held) document.getElementById(held)?.focus({preventScroll: true});
}

function choices(filter) {
  const chosen = State.all(filter.id);
  const title = (value) => filter.id === 'branch' ? SURVEY.branches[value]
    : filter.id === 'dataset' ? DATASETS.get(value)?.name ?? value : value;
  return element('details', {
    open: chosen.length > 0 || OPEN.has(filter.id),
    ontoggle: (event) => event.target.open ? OPEN.add(filter.id) : OPEN.delete(filter.id),
  },
  element('summary', {}, filter.title, chosen.length > 0 ? ` (${chosen.length})` : null),
  element('div', {class: 'choices', id: `choices-${filter.id}`},
    VOCABULARIES.get(filter.id).map(([value, count], index) => element('label', {}, element('input', {
      type: 'checkbox', id: `${filter.id}-${index}`, checked: chosen.includes(value),
      onchange: (event) => State.set({
        [filter.id]: event.target.checked ? [...chosen, value] : chosen.filter((c) => c !== value),
      }),
    }), ' ', title(value), ' ', element('span', {class: 'count'}, String(count))))));
}
