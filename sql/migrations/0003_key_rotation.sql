-- Changing a domain's key while everything goes on (docs/pseudonyms.md).

-- The version of a domain's key that new records get; without a row nothing was ever loaded for it. A load holds its
-- rows FOR SHARE until it commits, so that a rotation, which changes the row, begins between two loads: from then on no
-- record of the old version can be added.
CREATE TABLE care.domain (
  municipality smallint PRIMARY KEY,
  version      smallint NOT NULL,
  CONSTRAINT "a key's version is at least 1" CHECK (version >= 1)
);
INSERT INTO care.domain SELECT municipality, max(domain_version) FROM care.trajectory GROUP BY municipality;

-- next_part, next_block: how far the present pass over care.trajectory has come.
CREATE TABLE care.rotation (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  municipality smallint NOT NULL,
  from_version smallint NOT NULL,
  to_version   smallint NOT NULL,
  asked_by     text NOT NULL,
  started      timestamptz NOT NULL,
  finished     timestamptz,
  records      bigint NOT NULL DEFAULT 0,
  next_part    smallint NOT NULL DEFAULT 0,
  next_block   bigint NOT NULL DEFAULT 0,
  CONSTRAINT "a rotation is of a domain" FOREIGN KEY (municipality) REFERENCES care.domain,
  CONSTRAINT "a rotation goes forward" CHECK (to_version > from_version)
);
CREATE UNIQUE INDEX "a domain has one rotation under way" ON care.rotation (municipality) WHERE finished IS NULL;

-- For those who may not see a record: how many there are under each version of each domain's key.
CREATE FUNCTION care.key_use() RETURNS TABLE (municipality smallint, version smallint, records bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT municipality, domain_version, count(*) FROM care.trajectory GROUP BY municipality, domain_version
$$;
REVOKE ALL ON FUNCTION care.key_use() FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE ON care.domain, care.rotation TO sluis_daemon;
GRANT SELECT ON care.domain, care.rotation TO sluis_admin;
GRANT EXECUTE ON FUNCTION care.key_use() TO sluis_daemon, sluis_admin;
-- Of a record nothing else can change; of a batch nothing does, but its row is what a re-keying locks.
GRANT UPDATE (pseudonym, domain_version) ON care.trajectory TO sluis_daemon;
GRANT UPDATE (records) ON care.batch TO sluis_daemon;
