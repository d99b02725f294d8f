-- The keys by which the noise of the figures is drawn (docs/decisions/0013), made as a record is loaded.
--
-- codes: 12 bytes more, three numbers of 32 bits, high byte first: the key of the trajectory, of the measurement by the
-- youth (J) and of that by the parent (O), 0 where there is no such measurement. Codes of 23 bytes are of records from
-- before: their keys are NULL here until sluisd has made them.

CREATE OR REPLACE VIEW care.trajectory_named AS
SELECT delivery, pseudonym, row, start_date, end_date, birth_year, nullif(get_byte(codes, 22), 0) AS birth_month,
  municipality, postcode4, domain_version, form,
  chr(nullif(get_byte(codes, 0), 0)) AS sex,
  chr(nullif(get_byte(codes, 1), 0)) AS crisis,
  nullif(get_byte(codes, 2), 0) AS referrer,
  nullif(get_byte(codes, 3), 0) AS reason,
  nullif(get_byte(codes, 4), 0) AS perspective,
  nullif(get_byte(codes, 5), 0) AS product_category,
  nullif(get_byte(codes, 6), 0) AS profile,
  nullif(get_byte(codes, 7), 0) AS severity,
  nullif(get_byte(codes, 8), 0) AS complexity,
  nullif(get_byte(codes, 9), 0) AS satisfaction_1,
  nullif(get_byte(codes, 10), 0) AS go_on_1,
  nullif(get_byte(codes, 11), 0) AS goals_1,
  chr(nullif(get_byte(codes, 12), 0)) AS informant_1,
  nullif(get_byte(codes, 13), 0) AS satisfaction_2,
  nullif(get_byte(codes, 14), 0) AS go_on_2,
  nullif(get_byte(codes, 15), 0) AS goals_2,
  chr(nullif(get_byte(codes, 16), 0)) AS informant_2,
  nullif(get_byte(codes, 17) * 256 + get_byte(codes, 18), 0) AS residence,
  get_byte(codes, 19) * 256 + get_byte(codes, 20) AS step_one_version,
  get_byte(codes, 21) & 1 = 1 AS unlinked,
  get_byte(codes, 21) & 2 = 2 AS pre_pseudonym,
  CASE WHEN octet_length(codes) = 35 THEN get_byte(codes, 23) * 16777216::bigint + get_byte(codes, 24) * 65536
    + get_byte(codes, 25) * 256 + get_byte(codes, 26) END AS unit_key,
  CASE WHEN octet_length(codes) = 35 THEN get_byte(codes, 27) * 16777216::bigint + get_byte(codes, 28) * 65536
    + get_byte(codes, 29) * 256 + get_byte(codes, 30) END AS youth_key,
  CASE WHEN octet_length(codes) = 35 THEN get_byte(codes, 31) * 16777216::bigint + get_byte(codes, 32) * 65536
    + get_byte(codes, 33) * 256 + get_byte(codes, 34) END AS parent_key
FROM care.trajectory;

-- As in 0002: a view's columns are those of the day it was made.
DROP VIEW care.current_trajectory;
CREATE VIEW care.current_trajectory AS
SELECT * FROM (
  SELECT named.*, batch.provider, batch.dataset, batch.period,
    rank() OVER (PARTITION BY batch.provider, batch.dataset, named.pseudonym, named.start_date,
      named.form ORDER BY batch.period_last DESC, batch.received DESC, batch.delivery DESC) AS place
  FROM care.trajectory_named AS named JOIN care.batch AS batch USING (delivery)) AS ranked
WHERE place = 1;
GRANT SELECT ON care.current_trajectory TO sluis_daemon;

-- What is left to do for records of before: one row for each part that held any when this was applied. next_block: how
-- far sluisd has come in it; it takes the row away when no record of the part lacks its keys. Empty: all have theirs.
CREATE TABLE care.unkeyed (
  part       smallint PRIMARY KEY,
  next_block bigint NOT NULL DEFAULT 0,
  CONSTRAINT "records lie in 128 parts" CHECK (part BETWEEN 0 AND 127)
);
INSERT INTO care.unkeyed (part) SELECT DISTINCT (delivery % 128)::smallint FROM care.batch;
GRANT SELECT, UPDATE, DELETE ON care.unkeyed TO sluis_daemon;
GRANT SELECT ON care.unkeyed TO sluis_admin;

DO $$
BEGIN
  FOR number IN 0 .. 127 LOOP
    EXECUTE format('GRANT UPDATE (codes) ON care.trajectory_%s TO sluis_daemon', to_char(number, 'FM000'));
  END LOOP;
END $$;
