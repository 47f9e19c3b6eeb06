// The few lines of script that make the page handier; without them everything can still be read.

enum ReportScript {
  static let javaScript = choice + sorting + downloads + pictures + printing

  /// Shows the panels of one metric.
  private static let choice = """
    'use strict';
    const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
    const choice = document.getElementById('metric-choice');
    if (choice) {
      const show = (id) => all('[data-metric]').forEach((panel) => {
        panel.hidden = id !== '' ? panel.dataset.metric !== id : false;
      });
      choice.hidden = false;
      choice.addEventListener('change', (event) => show(event.target.value));
      show(choice.querySelector('input:checked').value);
    }

    """

  /// Turns headings of columns into buttons; cells without a value stay at the end. Browsers do not print
  /// real buttons in headings that repeat on every page.
  private static let sorting = """
    const key = (row, column) => {
      const cell = row.cells[column];
      if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
      const text = cell.textContent.trim();
      if (text === '–') return null;
      if (cell.className !== 'n') return text;
      const number = Number(text.replace('−', '-'));
      return Number.isNaN(number) ? null : number;
    };
    const order = (a, b) => {
      if (typeof a === 'number') return a - b;
      return a.localeCompare(b, 'en', {numeric: true});
    };
    all('table.sortable').forEach((table) => {
      const body = table.tBodies[0];
      if (2 > body.rows.length) return;
      all('thead th', table).forEach((head, column) => {
        const button = document.createElement('span');
        button.tabIndex = 0;
        button.setAttribute('role', 'button');
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener('keydown', (event) => {
          if (event.key !== 'Enter' ? event.key !== ' ' : false) return;
          event.preventDefault();
          button.click();
        });
        button.addEventListener('click', () => {
          const up = head.getAttribute('aria-sort') !== 'ascending';
          all('thead th', table).forEach((other) => other.removeAttribute('aria-sort'));
          head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
          const rows = Array.from(body.rows);
          rows.sort((left, right) => {
            const a = key(left, column);
            const b = key(right, column);
            if (a === null || b === null) return (a === null) - (b === null);
            return up ? order(a, b) : order(b, a);
          });
          body.append(...rows);
        });
      });
    });

    """

  /// Saves a figure with the style that it has in the page, on white.
  private static let downloads = """
    all('button.svg').forEach((button) => {
      button.hidden = false;
      button.addEventListener('click', () => {
        const figure = document.getElementById(button.dataset.figure).querySelector('svg.chart');
        const copy = figure.cloneNode(true);
        const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
        style.textContent = document.getElementById('chart-style').textContent
          + '.chart{background:#fff}';
        copy.prepend(style);
        const text = new XMLSerializer().serializeToString(copy);
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'}));
        link.download = button.dataset.figure + '.svg';
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      });
    });

    """

  /// Opens a picture at the size of the window.
  private static let pictures = """
    const dialog = document.createElement('dialog');
    dialog.className = 'viewer';
    dialog.setAttribute('aria-label', 'Enlarged picture');
    document.body.append(dialog);
    dialog.addEventListener('click', () => dialog.close());
    all('.pictures figure').forEach((figure) => {
      const image = figure.querySelector('img');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'enlarge';
      button.setAttribute('aria-label', 'Enlarge: ' + image.alt);
      image.replaceWith(button);
      button.append(image);
      button.addEventListener('click', () => {
        const close = document.createElement('button');
        close.type = 'button';
        close.textContent = 'Close';
        const caption = document.createElement('p');
        caption.textContent = figure.querySelector('figcaption').innerText;
        dialog.replaceChildren(image.cloneNode(), caption, close);
        dialog.showModal();
      });
    });

    """

  /// Paper shows every metric and what was folded, but not the tables of every case, which need scrolling.
  private static let printing = """
    window.addEventListener('beforeprint', () => {
      all('[data-metric][hidden]').forEach((panel) => {
        panel.hidden = false;
        panel.dataset.away = '1';
      });
      all('details:not([open])').filter((fold) => !fold.querySelector('.wide')).forEach((fold) => {
        fold.open = true;
        fold.dataset.folded = '1';
      });
    });
    window.addEventListener('afterprint', () => {
      all('[data-away]').forEach((panel) => {
        panel.hidden = true;
        delete panel.dataset.away;
      });
      all('[data-folded]').forEach((fold) => {
        fold.open = false;
        delete fold.dataset.folded;
      });
    });

    """
}
