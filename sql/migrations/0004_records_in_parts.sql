-- care.trajectory in 128 parts, a delivery whole in the one of its number modulo 128 (docs/decisions/0009). Finding a
-- delivery's records reads one small part; before, a BRIN index did that and cost a load a fifth of its time.
--
-- Plain inheritance: a partition's constraint would be checked for every row. care.trajectory itself stays empty, and
-- who reads it reads all parts.

DROP INDEX care.trajectory_delivery;

-- Two varying bytes less to look at: codes are short and never worth storing elsewhere.
ALTER TABLE care.trajectory ALTER COLUMN codes SET STORAGE PLAIN;

DO $$
DECLARE
  part text;
BEGIN
  FOR number IN 0 .. 127 LOOP
    part := 'care.trajectory_' || to_char(number, 'FM000');
    EXECUTE format('CREATE TABLE %s () INHERITS (care.trajectory)', part);
    EXECUTE format('ALTER TABLE %s ALTER COLUMN codes SET STORAGE PLAIN', part);
    EXECUTE format('INSERT INTO %s SELECT * FROM ONLY care.trajectory WHERE delivery %% 128 = %s', part, number);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON %s TO sluis_daemon', part);
    EXECUTE format('GRANT UPDATE (pseudonym, domain_version) ON %s TO sluis_daemon', part);
  END LOOP;
END $$;

TRUNCATE ONLY care.trajectory;
ALTER TABLE care.trajectory ADD CONSTRAINT "records lie in the parts" CHECK (false) NO INHERIT;
REVOKE INSERT, DELETE ON care.trajectory FROM sluis_daemon;
