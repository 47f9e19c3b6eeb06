// The tables of the database and how they came to be: each version of them is a migration.

import GRDB

enum Schema {
  /// Marks a file of SQLite as ours: "VESA".
  static let application: Int32 = 0x5645_5341

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 published survey", migrate: create)
    return migrator
  }

  private static func create(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(application)")
    try db.execute(sql: publications)
    try db.execute(sql: models)
    try db.execute(sql: datasets)
    try db.execute(sql: values)
    try db.execute(sql: remarks)
    try db.execute(
      sql: """
        CREATE VIRTUAL TABLE search USING fts5(
          kind UNINDEXED, id UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 2');
        """)
  }

  private static let publications = """
    CREATE TABLE affiliations (
      name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
      country TEXT NOT NULL CHECK (country <> '')
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sources (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      authors_short TEXT NOT NULL,
      title TEXT NOT NULL,
      venue TEXT,
      year INTEGER CHECK (year BETWEEN 1900 AND 2100),
      doi TEXT,
      url TEXT
    ) STRICT;
    """

  private static let models = """
    CREATE TABLE models (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      name TEXT NOT NULL,
      title TEXT,
      framework TEXT NOT NULL CHECK (framework IN ('generalist', 'task-specific')),
      branch TEXT NOT NULL
        CHECK (branch IN ('sam', 'sam2', 'image-only', 'image-text', 'task-specific')),
      fusion_level TEXT CHECK (fusion_level IN ('F0', 'F1', 'F2', 'F3', 'F4', 'none')),
      adaptation TEXT,
      visual_backbone TEXT,
      params_millions REAL CHECK (params_millions > 0),
      gflops REAL CHECK (gflops > 0),
      train_gpus_count INTEGER CHECK (train_gpus_count > 0),
      train_gpu TEXT,
      train_vram_total_gb REAL CHECK (train_vram_total_gb > 0),
      first_date TEXT CHECK (first_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
      first_venue TEXT,
      first_link TEXT,
      last_date TEXT CHECK (last_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
      last_venue TEXT,
      last_link TEXT,
      code_url TEXT,
      year INTEGER GENERATED ALWAYS AS
        (CAST(substr(ifnull(first_date, last_date), 1, 4) AS INTEGER)) VIRTUAL,
      CHECK ((framework = 'task-specific') = (branch = 'task-specific'))
    ) STRICT;

    CREATE TABLE model_terms (
      owner INTEGER NOT NULL REFERENCES models (key) ON DELETE CASCADE,
      field TEXT NOT NULL CHECK (field IN ('architecture', 'affiliations', 'backbones')),
      position INTEGER NOT NULL,
      value TEXT NOT NULL COLLATE NOCASE CHECK (value <> ''),
      PRIMARY KEY (owner, field, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX model_terms_by_value ON model_terms (field, value, owner);
    """

  private static let datasets = """
    CREATE TABLE datasets (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      name TEXT NOT NULL,
      full_name TEXT,
      n_total INTEGER CHECK (n_total >= 0),
      n_labelled INTEGER CHECK (n_labelled >= 0)
    ) STRICT;

    CREATE TABLE dataset_terms (
      owner INTEGER NOT NULL REFERENCES datasets (key) ON DELETE CASCADE,
      field TEXT NOT NULL CHECK (field IN (
        'modality', 'objects', 'main_structure', 'region', 'related_datasets', 'links')),
      position INTEGER NOT NULL,
      value TEXT NOT NULL COLLATE NOCASE CHECK (value <> ''),
      PRIMARY KEY (owner, field, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dataset_terms_by_value ON dataset_terms (field, value, owner);
    """

  private static let values = """
    CREATE TABLE runs (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      report TEXT NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      dataset_id TEXT NOT NULL REFERENCES datasets (id),
      cases REAL NOT NULL CHECK (cases > 0),
      design TEXT
    ) STRICT;

    CREATE TABLE results (
      key INTEGER PRIMARY KEY,
      model INTEGER NOT NULL REFERENCES models (key),
      dataset INTEGER NOT NULL REFERENCES datasets (key),
      metric TEXT NOT NULL,
      value REAL NOT NULL CHECK (value BETWEEN 0 AND 100),
      kind TEXT NOT NULL CHECK (kind IN ('primary', 'best', 'measured')),
      source INTEGER REFERENCES sources (key),
      run INTEGER REFERENCES runs (key),
      setting TEXT,
      split TEXT,
      note TEXT,
      CHECK ((kind = 'measured') = (run IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX results_by_cell
      ON results (model, dataset, metric, kind, ifnull(run, 0), ifnull(setting, ''));
    CREATE INDEX results_by_value ON results (metric, kind, value DESC, model, dataset);
    CREATE INDEX results_by_dataset ON results (dataset, metric, kind, value DESC, model);

    -- Sums of the results, renewed with every change: overviews need not walk over all values.
    CREATE TABLE model_totals (
      metric TEXT NOT NULL,
      kind TEXT NOT NULL,
      model INTEGER NOT NULL REFERENCES models (key),
      n INTEGER NOT NULL,
      best REAL NOT NULL,
      PRIMARY KEY (metric, kind, model)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE model_cells (
      metric TEXT NOT NULL,
      model INTEGER NOT NULL REFERENCES models (key),
      datasets INTEGER NOT NULL,
      PRIMARY KEY (metric, model)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_cells (
      metric TEXT NOT NULL,
      dataset INTEGER NOT NULL REFERENCES datasets (key),
      branch TEXT NOT NULL,
      models INTEGER NOT NULL,
      PRIMARY KEY (metric, dataset, branch)
    ) STRICT, WITHOUT ROWID;
    """

  /// Renews the sums.
  static let totals = """
    DELETE FROM model_totals;
    DELETE FROM model_cells;
    DELETE FROM dataset_cells;
    INSERT INTO model_totals SELECT metric, kind, model, count(*), max(value) FROM results
      GROUP BY metric, kind, model;
    INSERT INTO model_cells SELECT metric, model, count(DISTINCT dataset) FROM results
      WHERE kind <> 'measured' GROUP BY metric, model;
    INSERT INTO dataset_cells SELECT metric, dataset, branch, count(DISTINCT model)
      FROM results JOIN models ON models.key = model
      WHERE kind <> 'measured' GROUP BY metric, dataset, branch;
    """

  private static let remarks = """
    CREATE TABLE doubts (
      model_id TEXT REFERENCES models (id),
      dataset_id TEXT REFERENCES datasets (id),
      kind TEXT CHECK (kind IN ('primary', 'best', 'measured')),
      source_id TEXT REFERENCES sources (id),
      code TEXT NOT NULL,
      text TEXT NOT NULL,
      CHECK (coalesce(model_id, dataset_id, source_id) IS NOT NULL),
      CHECK ((kind IS NOT NULL) = (model_id IS NOT NULL AND dataset_id IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX doubts_by_subject ON doubts (
      ifnull(model_id, ''), ifnull(dataset_id, ''), ifnull(kind, ''), ifnull(source_id, ''), code);
    CREATE INDEX doubts_by_value ON doubts (model_id, dataset_id, kind);

    CREATE TABLE evidence (
      model_id TEXT NOT NULL REFERENCES models (id),
      item TEXT NOT NULL,
      statement TEXT NOT NULL,
      basis TEXT NOT NULL CHECK (basis IN ('published', 'measured')),
      origin TEXT NOT NULL,
      PRIMARY KEY (model_id, item, statement)
    ) STRICT, WITHOUT ROWID;
    """
}
