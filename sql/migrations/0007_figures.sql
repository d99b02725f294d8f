-- The figures: which snapshots there are, the standard published tables for BI tools (docs/bi.md), and the one thing
-- that sluis-figures may do here. Nothing in schema report is a true figure, but for the sizes in report.snapshot, which
-- operators see and readers do not.

------------------------------------------------------------------------------------------------------------- audit --

-- For a role that may say who looked at what and nothing else: not read the log, not write any other entry. `entry` is
-- the canonical text that audit/ makes; one text for each view, never more than a question can be long.
CREATE FUNCTION audit.append_view(entry text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last  record;
  place bigint;
  leaf  bytea;
BEGIN
  IF entry IS NULL OR length(entry) > 16384 OR entry COLLATE "C" !~ '^[ -~]+$' THEN
    RAISE EXCEPTION 'not the text of a view' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF (SELECT array_agg(key ORDER BY key) FROM json_object_keys(entry::json) AS key)
       IS DISTINCT FROM ARRAY['actor', 'at', 'details', 'event', 'responsible', 'subject', 'system']
     OR coalesce(entry::json ->> 'event', '') NOT IN ('report.viewed', 'report.attacked')
     OR entry::json ->> 'system' IS DISTINCT FROM 'sluis-figures' THEN
    RAISE EXCEPTION 'only views can be appended here' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(x'736c756973000003'::bigint);  -- postgres::Lock::audit
  SELECT index, chain_hash INTO last FROM audit.entry ORDER BY index DESC LIMIT 1;
  place := coalesce(last.index + 1, 0);
  leaf := sha256('\x00'::bytea || convert_to(append_view.entry, 'UTF8'));
  INSERT INTO audit.entry (index, entry, leaf_hash, chain_hash) VALUES (place, append_view.entry, leaf,
    sha256(coalesce(last.chain_hash, decode(repeat('00', 32), 'hex')) || leaf));
  RETURN place;
END $$;
REVOKE ALL ON FUNCTION audit.append_view(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO sluis_figures;
GRANT EXECUTE ON FUNCTION audit.append_view(text) TO sluis_figures;

------------------------------------------------------------------------------------------------------------ report --

CREATE SCHEMA report;

-- One row for each snapshot that was published. made: of the records it holds; run: after which, none = it was asked
-- for; withheld: cells that are not published with it; digest: of the snapshot's header.
CREATE TABLE report.snapshot (
  id              text PRIMARY KEY,
  domain          text NOT NULL,
  made            timestamptz NOT NULL,
  run             bigint,
  rows            bigint NOT NULL,
  children        bigint NOT NULL,
  most_dimensions smallint NOT NULL,
  withheld        bigint NOT NULL,
  digest          bytea NOT NULL,
  published       timestamptz NOT NULL,
  erased          timestamptz,
  erased_by       text,
  CONSTRAINT "a snapshot's id is its domain and a number" CHECK (id ~ '^GM[0-9]{4}-[0-9]{6,}$' AND left(id, 6) = domain),
  CONSTRAINT "a snapshot is after a run" FOREIGN KEY (run) REFERENCES intake.run,
  CONSTRAINT "a snapshot's digest is a SHA-256" CHECK (length(digest) = 32),
  CONSTRAINT "a snapshot is of somebody" CHECK (rows >= children AND children >= 0),
  CONSTRAINT "two dimensions can always be combined" CHECK (most_dimensions >= 2),
  CONSTRAINT "somebody erased it" CHECK ((erased IS NULL) = (erased_by IS NULL))
);
CREATE INDEX ON report.snapshot (domain, published);

-- One row for each published figure. Who may see it: the municipality `domain` (provider NULL), or the provider (scope:
-- its own figure, or that of the municipality beside it). respondent: J or O; NULL = all measurements together, or an
-- indicator that has none. What is withheld is there with shown = false and neither count nor mean.
CREATE TABLE report.figure (
  snapshot     text NOT NULL,
  domain       text NOT NULL,
  provider     text,
  scope        text NOT NULL,
  indicator    text NOT NULL,
  by_dimension text NOT NULL,
  key          text NOT NULL,
  label        text NOT NULL,
  respondent   text,
  shown        boolean NOT NULL,
  count        bigint,
  mean         numeric(3, 1),
  CONSTRAINT "a figure is there once"
    UNIQUE NULLS NOT DISTINCT (snapshot, provider, scope, indicator, by_dimension, key, respondent),
  CONSTRAINT "a figure is of a snapshot" FOREIGN KEY (snapshot) REFERENCES report.snapshot,
  CONSTRAINT "a figure is of a known scope" CHECK (scope IN ('own', 'municipality')),
  CONSTRAINT "a municipality's figure is its own" CHECK (provider IS NOT NULL OR scope = 'municipality'),
  CONSTRAINT "a respondent is J or O" CHECK (respondent IN ('J', 'O')),
  CONSTRAINT "what is shown has a count, what is not has nothing" CHECK
    (shown = (count IS NOT NULL) AND (shown OR mean IS NULL))
);

-- One row for each part of a figure that is shown: share is of the sum of the parts.
CREATE TABLE report.part (
  snapshot     text NOT NULL,
  domain       text NOT NULL,
  provider     text,
  scope        text NOT NULL,
  indicator    text NOT NULL,
  by_dimension text NOT NULL,
  key          text NOT NULL,
  label        text NOT NULL,
  respondent   text,
  part         text NOT NULL,
  part_label   text NOT NULL,
  count        bigint NOT NULL,
  share        double precision NOT NULL,
  CONSTRAINT "a part is there once"
    UNIQUE NULLS NOT DISTINCT (snapshot, provider, scope, indicator, by_dimension, key, respondent, part),
  CONSTRAINT "a part is of a snapshot" FOREIGN KEY (snapshot) REFERENCES report.snapshot,
  CONSTRAINT "a part is of a known scope" CHECK (scope IN ('own', 'municipality')),
  CONSTRAINT "a share is a share" CHECK (share BETWEEN 0 AND 1)
);

-- Which login role, a member of sluis_bi, sees whose figures: a municipality's (provider NULL) or a provider's in it.
CREATE TABLE report.reader (
  role     name NOT NULL,
  domain   text NOT NULL,
  provider text,
  added    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT "a reader is let in once" UNIQUE NULLS NOT DISTINCT (role, domain, provider),
  CONSTRAINT "a reader sees a municipality's figures" CHECK (domain ~ '^GM[0-9]{4}$'),
  CONSTRAINT "a reader sees a known provider's figures" FOREIGN KEY (provider) REFERENCES register.provider
);

-- What a report is built on: the newest snapshot of each municipality.
CREATE VIEW report.newest_snapshot WITH (security_invoker = true) AS
SELECT DISTINCT ON (domain) id, domain, made, published FROM report.snapshot WHERE erased IS NULL
ORDER BY domain, published DESC, id DESC;
CREATE VIEW report.newest_figure WITH (security_invoker = true) AS
SELECT figure.* FROM report.figure JOIN report.newest_snapshot AS newest ON newest.id = figure.snapshot;
CREATE VIEW report.newest_part WITH (security_invoker = true) AS
SELECT part.* FROM report.part JOIN report.newest_snapshot AS newest ON newest.id = part.snapshot;

-- Row-level security: without a policy for one's role there is no row. (COPY into these tables is refused for all but
-- their owner; sluis-snapshot inserts.)
ALTER TABLE report.snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.part ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.reader ENABLE ROW LEVEL SECURITY;

CREATE POLICY all_for_the_daemon ON report.snapshot TO sluis_daemon USING (true) WITH CHECK (true);
CREATE POLICY all_for_the_daemon ON report.figure TO sluis_daemon USING (true) WITH CHECK (true);
CREATE POLICY all_for_the_daemon ON report.part TO sluis_daemon USING (true) WITH CHECK (true);
CREATE POLICY seen_by_the_admin ON report.snapshot FOR SELECT TO sluis_admin USING (true);
CREATE POLICY kept_by_the_admin ON report.reader TO sluis_admin USING (true) WITH CHECK (true);
CREATE POLICY oneself ON report.reader FOR SELECT TO sluis_bi USING (role = current_user);
CREATE POLICY of_ones_municipality ON report.snapshot FOR SELECT TO sluis_bi
  USING (domain IN (SELECT reader.domain FROM report.reader WHERE reader.role = current_user));
CREATE POLICY ones_own ON report.figure FOR SELECT TO sluis_bi
  USING (EXISTS (SELECT FROM report.reader WHERE reader.role = current_user AND reader.domain = figure.domain
                 AND reader.provider IS NOT DISTINCT FROM figure.provider));
CREATE POLICY ones_own ON report.part FOR SELECT TO sluis_bi
  USING (EXISTS (SELECT FROM report.reader WHERE reader.role = current_user AND reader.domain = part.domain
                 AND reader.provider IS NOT DISTINCT FROM part.provider));

GRANT USAGE ON SCHEMA report TO sluis_daemon, sluis_admin, sluis_bi;
GRANT SELECT, INSERT ON report.snapshot TO sluis_daemon;
GRANT UPDATE (erased, erased_by) ON report.snapshot TO sluis_daemon;
GRANT SELECT, INSERT, DELETE ON report.figure, report.part TO sluis_daemon;
-- Not how many children or rows: the difference of two snapshots would be a true number.
GRANT SELECT (id, domain, made, run, most_dimensions, withheld, digest, published, erased, erased_by)
  ON report.snapshot TO sluis_admin;
GRANT SELECT, INSERT, DELETE ON report.reader TO sluis_admin;
-- Not how many children: that number is a true one.
GRANT SELECT (id, domain, made, published, erased) ON report.snapshot TO sluis_bi;
GRANT SELECT ON report.figure, report.part, report.reader, report.newest_snapshot, report.newest_figure,
  report.newest_part TO sluis_bi;
