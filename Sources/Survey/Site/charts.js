// Charts of what the filters leave; each can be saved as SVG and as CSV.
'use strict';

const BRANCHES = SURVEY.order;
const colour = (branch) => `var(--k${BRANCHES.indexOf(branch)})`;
const SHAPES = ['M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0', 'M-4.5-4.5h9v9h-9z', 'M0-6L5.5 4.5h-11z', 'M0-6L5.5 0 0 6-5.5 0z', 'M-6-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z'];
const MEASURE = 760;

/// A marker told apart by shape and by colour.
const mark = (branch, x, y, tip, to) => {
  const path = element('path', {
    d: SHAPES[BRANCHES.indexOf(branch)], fill: colour(branch), stroke: 'var(--page)',
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
  }, tip ? element('title', {}, tip) : null);
  if (to) { path.style.cursor = 'pointer'; path.addEventListener('click', to); }
  return path;
};

const label = (x, y, text, more = {}) => element('text', {x, y, ...more}, text);
const rule = (x1, y1, x2, y2, more = {}) => element('line', {x1, y1, x2, y2, stroke: 'var(--rule)', ...more});

function legend(branches) {
  return branches.flatMap((branch, index) => [
    mark(branch, 10 + (index % 3) * 250, 10 + Math.floor(index / 3) * 18),
    label(22 + (index % 3) * 250, 14 + Math.floor(index / 3) * 18, SURVEY.branches[branch]),
  ]);
}

function figure(id, title, height, children, rows, note) {
  const chart = element('svg', {class: 'chart', viewBox: `0 0 ${MEASURE} ${height}`, role: 'img', 'aria-label': title, id}, children);
  const picture = () => {
    const copy = chart.cloneNode(true);
    const style = getComputedStyle(document.documentElement);
    let text = new XMLSerializer().serializeToString(copy);
    text = text.replace(/var\((--[\w]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    return `<?xml version="1.0" encoding="UTF-8"?>\n${text.replace('<svg', `<svg font-family="system-ui,sans-serif" font-size="12" fill="${style.getPropertyValue('--text').trim()}"`)}\n`;
  };
  return element('figure', {},
    element('h3', {}, title), chart,
    element('figcaption', {}, note ?? null),
    element('div', {class: 'bar'},
      element('button', {id: `${id}-svg`, onclick: () => download(`${id}.svg`, picture(), 'image/svg+xml')}, 'SVG'),
      element('button', {id: `${id}-csv`, onclick: () => download(`${id}.csv`, csv(rows), 'text/csv')}, 'CSV')));
}

function timelineChart({models}) {
  const dated = models.filter((model) => model.year !== null);
  const years = dated.map((model) => model.year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  if (dated.length === 0) return null;
  const span = last - first + 1;
  const count = (year, branch) => dated.filter((m) => m.year === year && m.branch === branch).length;
  const totals = Array.from({length: span}, (_, i) => dated.filter((m) => m.year === first + i).length);
  const top = Math.max(...totals, 1);
  const [base, step] = [300, (MEASURE - 60) / span];
  const parts = [];
  for (let year = first; year <= last; year += 1) {
    let y = base;
    const x = 45 + (year - first) * step;
    for (const branch of BRANCHES) {
      const n = count(year, branch);
      const height = n * 230 / top;
      y -= height;
      if (n > 0) {
        parts.push(element('rect', {x, y, width: step * 0.8, height, fill: colour(branch), stroke: 'var(--page)'},
          element('title', {}, `${year}, ${SURVEY.branches[branch]}: ${n}`)));
      }
    }
    parts.push(label(x + step * 0.4, base + 16, year, {'text-anchor': 'middle'}));
    if (totals[year - first]) parts.push(label(x + step * 0.4, y - 4, totals[year - first], {'text-anchor': 'middle'}));
  }
  const rows = [['year', 'branch', 'models']];
  for (let year = first; year <= last; year += 1) BRANCHES.forEach((b) => rows.push([year, b, count(year, b)]));
  return figure('timeline', 'Models by year', 325, [legend(BRANCHES), rule(40, base, MEASURE, base), parts], rows, 'By the first publication of each model.');
}

function parametersChart({models, values, kind}) {
  const points = models.filter((m) => m.parameters !== null).map((model) => {
    const own = values.filter((row) => row.model === model.id && row.kind !== 'measured').map((row) => row.value);
    return {model, count: own.length, value: median(own)};
  }).filter((point) => point.count > 0);
  if (points.length === 0) return null;
  const logs = points.map((p) => Math.log10(p.model.parameters));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs) + 1e-9)];
  const bottom = Math.max(0, Math.floor(Math.min(...points.map((p) => p.value)) / 10) * 10);
  const x = (log) => 50 + (log - low) / Math.max(1, high - low) * (MEASURE - 70);
  const y = (value) => 330 - (value - bottom) / Math.max(1, 100 - bottom) * 270;
  const axes = [];
  for (let power = low; power <= high; power += 1) {
    axes.push(rule(x(power), 60, x(power), 330), label(x(power), 347, 10 ** power, {'text-anchor': 'middle'}));
  }
  for (let value = bottom; value <= 100; value += 10) axes.push(rule(45, y(value), MEASURE, y(value)), label(38, y(value) + 4, value, {'text-anchor': 'end'}));
  const marks = points.map((p) => mark(p.model.branch, x(Math.log10(p.model.parameters)), y(p.value),
    `${p.model.name}: ${p.model.parameters} million, median ${number(p.value)} on ${p.count} data sets`, () => State.set({view: 'model', id: p.model.id})));
  return figure('parameters', 'Parameters against Dice', 372, [legend(BRANCHES), axes, label(MEASURE / 2, 366, 'million parameters', {'text-anchor': 'middle'}), marks],
    [['model', 'branch', 'parameters_millions', `median_${kind}`, 'datasets'], ...points.map((p) => [p.model.id, p.model.branch, p.model.parameters, p.value, p.count])],
    'Median over the data sets that a model has values on, which differ from model to model. Parameters mix all and trained ones.');
}

function frameworksChart({datasets, values}) {
  const parts = new Set(SURVEY.parts);
  const best = (dataset, framework) => sortBy(values.filter((row) => row.dataset === dataset.id && row.kind !== 'measured'
    && row.value > 1 && MODELS.get(row.model).framework === framework), (row) => row.value, true)[0];
  const pairs = sortBy(datasets.filter((d) => !parts.has(d.id)).map((dataset) => ({
    dataset, one: best(dataset, 'generalist'), other: best(dataset, 'task-specific'),
  })).filter((pair) => pair.one && pair.other), (pair) => pair.one.value - pair.other.value, true);
  if (pairs.length === 0) return null;
  const bottom = Math.max(0, Math.floor(Math.min(...pairs.flatMap((p) => [p.one.value, p.other.value])) / 10) * 10);
  const x = (value) => 170 + (value - bottom) / (100 - bottom) * (MEASURE - 260);
  const axes = [];
  const height = 50 + pairs.length * 20;
  for (let value = bottom; value <= 100; value += 10) axes.push(rule(x(value), 34, x(value), height), label(x(value), height + 15, value, {'text-anchor': 'middle'}));
  const lines = pairs.map((pair, index) => {
    const y = 48 + index * 20;
    const gap = pair.one.value - pair.other.value;
    return [label(160, y + 4, pair.dataset.name, {'text-anchor': 'end'}),
      rule(x(pair.one.value), y, x(pair.other.value), y, {stroke: 'var(--soft)', 'stroke-width': 2}),
      mark('sam', x(pair.one.value), y, about(pair.one).join('\n'), () => openDetail(pair.one)),
      mark('sam2', x(pair.other.value), y, about(pair.other).join('\n'), () => openDetail(pair.other)),
      label(MEASURE - 4, y + 4, `${gap >= 0 ? '+' : '−'}${Math.abs(gap).toFixed(2)}`, {'text-anchor': 'end'})];
  });
  const ahead = pairs.filter((p) => p.one.value > p.other.value).length;
  return figure('frameworks', 'Generalist against task-specific, data set by data set', height + 24,
    [mark('sam', 10, 10), label(22, 14, 'best generalist'), mark('sam2', 150, 10), label(162, 14, 'best task-specific'), axes, lines],
    [['dataset', 'generalist', 'value', 'task_specific', 'value', 'gap'], ...pairs.map((p) => [p.dataset.id, p.one.model, p.one.value, p.other.model, p.other.value, (p.one.value - p.other.value).toFixed(2)])],
    `Generalists are ahead on ${ahead} of ${pairs.length}. Each is the best of many models, from papers with different splits; parts of other data sets are left out.`);
}

function chartsView() {
  const now = shown();
  return [element('h2', {}, 'Charts of what the filters leave'), timelineChart(now), parametersChart(now), frameworksChart(now)];
}
