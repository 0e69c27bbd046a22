-- The first schema. SQL that SQLite (3.35 and later) and PostgreSQL share: TEXT, BIGINT and BYTEA only.
--
-- `body` is a serialised message of proto/roofscape/v1 behind a checksum (db/sealed.h); the columns beside it are what
-- lists and look-ups need. Digests are hexadecimal text, so that people can read and join them.

CREATE TABLE models (
  id      TEXT  NOT NULL PRIMARY KEY,
  blob    TEXT  NOT NULL,
  body    BYTEA NOT NULL
);
CREATE INDEX models_by_blob ON models (blob);

CREATE TABLE datasets (
  id      TEXT  NOT NULL PRIMARY KEY,
  blob    TEXT  NOT NULL,
  body    BYTEA NOT NULL
);
CREATE INDEX datasets_by_blob ON datasets (blob);

-- Imported platforms; the built-in ones are part of the program.
CREATE TABLE platforms (
  id      TEXT  NOT NULL PRIMARY KEY,
  body    BYTEA NOT NULL
);

-- `sequence` is the order of creation. `request_id` is NULL where the client gave none.
CREATE TABLE explorations (
  id         TEXT   NOT NULL PRIMARY KEY,
  sequence   BIGINT NOT NULL UNIQUE,
  state      BIGINT NOT NULL,
  request_id TEXT   UNIQUE,
  body       BYTEA  NOT NULL
);
CREATE INDEX explorations_by_state ON explorations (state, sequence);

-- What an exploration rests on: `kind` is 'models', 'datasets' or 'platforms'.
CREATE TABLE exploration_uses (
  exploration TEXT NOT NULL REFERENCES explorations (id) ON DELETE CASCADE,
  kind        TEXT NOT NULL,
  id          TEXT NOT NULL,
  PRIMARY KEY (exploration, kind, id)
);
CREATE INDEX exploration_uses_by_id ON exploration_uses (kind, id);

-- Shared by all explorations that meet the same network and data.
CREATE TABLE measurements (
  network     TEXT  NOT NULL,
  reference   TEXT  NOT NULL,
  data        TEXT  NOT NULL,
  fingerprint TEXT  NOT NULL,
  body        BYTEA NOT NULL,
  PRIMARY KEY (network, reference, data, fingerprint)
);

CREATE TABLE evaluations (
  exploration TEXT   NOT NULL REFERENCES explorations (id) ON DELETE CASCADE,
  number      BIGINT NOT NULL,
  body        BYTEA  NOT NULL,
  PRIMARY KEY (exploration, number)
);
