// Elements of the page; every text goes in as text, every address is one of the web.
'use strict';

/// An element with attributes, listeners (onclick) and children; null children are left out.
function element(name, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'path', 'rect', 'circle', 'line', 'text', 'title', 'style'].includes(name);
  const made = svg
    ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

function link(address, text) {
  return /^https?:\/\/[!-~]+$/.test(address ?? '')
    ? element('a', {href: address, rel: 'noopener'}, text ?? address) : (text ?? address ?? '');
}

const to = (changes, text) => element('a', {href: State.address(changes)}, text);
const toModel = (id) => to({view: 'model', id}, MODELS.get(id)?.name ?? id);
const toDataset = (id) => to({view: 'dataset', id}, DATASETS.get(id)?.name ?? id);

function say(text) { document.getElementById('status').textContent = text; }

/// Hands a text over as a file.
function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], {type: `${type};charset=utf-8`}));
  const anchor = element('a', {href: address, download: name});
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say(`${name} was saved`);
}

/// RFC 4180; a leading apostrophe keeps spreadsheets from running a name as a formula.
function csv(rows) {
  const cell = (value) => {
    let text = value === null || value === undefined ? '' : String(value);
    if (/^[=+@\t\r]|^-(?![\d.])/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(',')).join('\n') + '\n';
}

/// The words of a value for people: whose it is, where from, what speaks against it.
function about(row) {
  const source = SOURCES.get(row.source);
  const lines = [`${MODELS.get(row.model).name} on ${DATASETS.get(row.dataset).name}: ${number(row.value)} (${row.kind})`];
  if (row.kind === 'measured') lines.push([row.setting, row.split, row.report].filter(Boolean).join('; '));
  else lines.push(source ? `${source.short}: ${source.title}` : 'no source is known');
  if (row.note) lines.push(row.note);
  return lines.concat(row.doubts.map((doubt) => `In doubt: ${doubt}`));
}

/// Shows a tip at an element while it is pointed at or has the focus.
function withTip(target, row) {
  const tip = document.getElementById('tip');
  const show = () => {
    tip.replaceChildren(...about(row).map((line) => element('div', {}, line)));
    tip.hidden = false;
    const box = target.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
    const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
    tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
  };
  const hide = () => { tip.hidden = true; };
  for (const event of ['mouseenter', 'focus']) target.addEventListener(event, show);
  for (const event of ['mouseleave', 'blur']) target.addEventListener(event, hide);
  return target;
}

/// A value with its source, as a dialog that keyboards reach too.
function openDetail(row) {
  const dialog = document.getElementById('detail');
  const source = SOURCES.get(row.source);
  dialog.replaceChildren(
    ...about(row).map((line, index) => element(index ? 'p' : 'h2', {}, line)),
    element('p', {}, source ? link(source.address, 'the publication') : null, ' ', toModel(row.model), ' ',
      toDataset(row.dataset)),
    element('div', {class: 'bar'},
      source ? element('button', {onclick: () => download(`${source.id.replace(/[^\w.-]/g, '_')}.bib`, source.bibtex, 'text/plain')}, 'BibTeX') : null,
      element('button', {onclick: () => dialog.close()}, 'Close')));
  dialog.showModal();
}

/// A table whose headings sort; the order is part of the address.
function sortable(name, columns, items, standard = columns[0].id) {
  const wanted = State.get('sort', standard);
  const down = wanted.startsWith('-');
  const column = columns.find((c) => c.id === wanted.replace(/^-/, '')) ?? columns[0];
  const rows = sortBy(items, column.key, down);
  const head = columns.map((c) => element('th', {
    scope: 'col', class: c.isNumber ? 'n' : null,
    'aria-sort': c === column ? (down ? 'descending' : 'ascending') : null,
  }, element('button', {
    onclick: () => State.set({sort: (c === column ? !down : c.isNumber) ? `-${c.id}` : c.id}),
  }, c.title)));
  return element('div', {class: 'scroll list', tabindex: 0, role: 'region', 'aria-label': name},
    element('table', {}, element('thead', {}, element('tr', {}, head)),
      element('tbody', {}, rows.map((item) => element('tr', {}, columns.map((c, index) => element(
        index === 0 ? 'th' : 'td', {class: c.isNumber ? 'n' : null, scope: index === 0 ? 'row' : null},
        c.show ? c.show(item) : c.isNumber ? number(c.key(item), c.digits ?? 2) : c.key(item) ?? '–'))))))
  );
}
