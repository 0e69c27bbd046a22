-- What people learned of platforms from measurements of their own (Calibration of proto/roofscape/v1); the calibration
-- that ships is part of the program. One row, 'user', is in force; others may follow.

CREATE TABLE calibrations (
  id      TEXT  NOT NULL PRIMARY KEY,
  body    BYTEA NOT NULL
);
