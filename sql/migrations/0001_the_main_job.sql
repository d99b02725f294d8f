-- The register, the deliveries, the records, the log and the messages (HOUSE: SQL; CONTRACT §5).
-- Applied by `sluis db migrate` as role sluis_owner; sql/roles.sql comes first.

CREATE SCHEMA register;
CREATE SCHEMA intake;
CREATE SCHEMA care;
CREATE SCHEMA audit;
CREATE SCHEMA outbox;

---------------------------------------------------------------------------------------------------------- register --

CREATE TABLE register.provider (
  code              text PRIMARY KEY,
  name              text NOT NULL,
  mails             text[] NOT NULL,
  suspended         boolean NOT NULL DEFAULT false,
  max_file_bytes    bigint NOT NULL DEFAULT 4294967296,
  quota_bytes       bigint NOT NULL DEFAULT 17179869184,
  open_periods      integer NOT NULL DEFAULT 2,
  max_deleted_share numeric(4, 3) NOT NULL DEFAULT 0.20,
  max_rejected_records integer NOT NULL DEFAULT 0,
  added             timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT "a provider's code is 2 to 16 capitals and digits" CHECK (code ~ '^[A-Z][A-Z0-9]{1,15}$'),
  CONSTRAINT "a provider has a name" CHECK (name <> ''),
  CONSTRAINT "a provider can be mailed" CHECK (cardinality(mails) >= 1),
  CONSTRAINT "a provider may send something" CHECK (max_file_bytes > 0 AND quota_bytes >= max_file_bytes),
  CONSTRAINT "a provider has an open period" CHECK (open_periods >= 1),
  CONSTRAINT "the share that may be deleted is a share" CHECK (max_deleted_share BETWEEN 0 AND 1),
  CONSTRAINT "the tolerance is not negative" CHECK (max_rejected_records >= 0)
);

CREATE TABLE register.login_key (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider    text NOT NULL,
  public_key  text NOT NULL,
  fingerprint text NOT NULL,
  comment     text NOT NULL DEFAULT '',
  added       timestamptz NOT NULL DEFAULT now(),
  removed     timestamptz,
  CONSTRAINT "a login key belongs to a provider" FOREIGN KEY (provider) REFERENCES register.provider,
  CONSTRAINT "a login key is a type and base64" CHECK (public_key ~ '^[a-z0-9@.-]+ [A-Za-z0-9+/]+=*$')
);
CREATE UNIQUE INDEX "a login key opens one door" ON register.login_key (public_key) WHERE removed IS NULL;
CREATE INDEX ON register.login_key (provider);

-- public_key: the SSH key blob, or the certificate in DER.
CREATE TABLE register.signer (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider    text NOT NULL,
  kind        text NOT NULL,
  public_key  bytea NOT NULL,
  fingerprint text NOT NULL,
  label       text NOT NULL DEFAULT '',
  valid_from  timestamptz,
  valid_until timestamptz,
  revoked_at  timestamptz,
  added       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT "a signer belongs to a provider" FOREIGN KEY (provider) REFERENCES register.provider,
  CONSTRAINT "a signer has a known kind" CHECK (kind IN ('ssh', 'cms')),
  CONSTRAINT "a signer is valid for some time" CHECK (valid_from < valid_until)
);
CREATE UNIQUE INDEX "a signer stands once with a provider" ON register.signer (provider, fingerprint)
  WHERE revoked_at IS NULL;
CREATE INDEX ON register.signer (fingerprint);

-- valid_until is the last day, inside; an agreement ended at once has the day before it began.
CREATE TABLE register.agreement (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider     text NOT NULL,
  municipality text NOT NULL,
  dataset      text NOT NULL,
  valid_from   date NOT NULL,
  valid_until  date,
  added        timestamptz NOT NULL DEFAULT now(),
  ended        timestamptz,
  CONSTRAINT "an agreement is with a provider" FOREIGN KEY (provider) REFERENCES register.provider,
  CONSTRAINT "an agreement names a municipality" CHECK (municipality ~ '^GM[0-9]{4}$'),
  CONSTRAINT "an agreement names a dataset" CHECK (dataset ~ '^[a-z][a-z0-9-]*$'),
  CONSTRAINT "an agreement does not end before it begins" CHECK (valid_until >= valid_from - 1),
  CONSTRAINT "an agreement that was ended has a last day" CHECK (ended IS NULL OR valid_until IS NOT NULL)
);
CREATE INDEX ON register.agreement (provider, dataset);

-- One row, one number: it moves with every change of the register, so that sluisd sees cheaply that the roster is old.
CREATE TABLE register.change (
  one     boolean PRIMARY KEY DEFAULT true,
  counter bigint NOT NULL DEFAULT 0,
  CONSTRAINT "there is one counter" CHECK (one)
);
INSERT INTO register.change DEFAULT VALUES;

CREATE FUNCTION register.count_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE register.change SET counter = counter + 1;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION register.count_change() FROM PUBLIC;

CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.provider
  FOR EACH STATEMENT EXECUTE FUNCTION register.count_change();
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.login_key
  FOR EACH STATEMENT EXECUTE FUNCTION register.count_change();
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.signer
  FOR EACH STATEMENT EXECUTE FUNCTION register.count_change();
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.agreement
  FOR EACH STATEMENT EXECUTE FUNCTION register.count_change();

------------------------------------------------------------------------------------------------------------ intake --

CREATE SEQUENCE intake.delivery_number;

CREATE TABLE intake.run (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node       text NOT NULL,
  kind       text NOT NULL,
  due        timestamptz,
  started    timestamptz NOT NULL,
  finished   timestamptz,
  outcome    text,
  deliveries integer NOT NULL DEFAULT 0,
  accepted   integer NOT NULL DEFAULT 0,
  refused    integer NOT NULL DEFAULT 0,
  error      text,
  CONSTRAINT "a run has a known kind" CHECK (kind IN ('scheduled', 'asked', 'catch-up')),
  CONSTRAINT "a run has a known outcome" CHECK (outcome IN ('done', 'failed', 'broken off')),
  CONSTRAINT "a finished run has an outcome" CHECK ((finished IS NULL) = (outcome IS NULL))
);
CREATE INDEX ON intake.run (due);

-- file: the name made safe; name_digest: SHA-256 of the name as sent. node: whose spool holds the bytes.
-- trial: put into test/; never queued, never loaded. number: the id as a number, as care knows it.
CREATE TABLE intake.delivery (
  id            text PRIMARY KEY,
  number        bigint NOT NULL GENERATED ALWAYS AS (substr(id, 2)::bigint) STORED UNIQUE,
  provider      text NOT NULL,
  file          text NOT NULL,
  name_digest   bytea NOT NULL,
  dataset       text,
  period        text,
  state         text NOT NULL,
  code          text,
  detail        text,
  node          text NOT NULL,
  trial         boolean NOT NULL DEFAULT false,
  size          bigint,
  sha256        bytea,
  signature_kind text,
  signer_id     bigint,
  signer_fingerprint text,
  first_seen    timestamptz NOT NULL,
  received      timestamptz,
  queued_at     timestamptz,
  processed     timestamptz,
  run_id        bigint,
  records       bigint,
  wrong_records bigint,
  loaded        bigint,
  replaced      bigint,
  deleted       bigint,
  errors        bigint,
  warnings      bigint,
  detected      text,
  replaces      text,
  superseded_by text,
  CONSTRAINT "a delivery's id is D and at least six digits" CHECK (id ~ '^D[0-9]{6,18}$'),
  CONSTRAINT "a delivery has a known state" CHECK (state IN
    ('receiving', 'waiting', 'queued', 'accepted', 'rejected', 'held', 'superseded', 'quarantined')),
  CONSTRAINT "a delivery comes from a provider" FOREIGN KEY (provider) REFERENCES register.provider,
  CONSTRAINT "a delivery belongs to a known run" FOREIGN KEY (run_id) REFERENCES intake.run,
  CONSTRAINT "a delivery replaces a known one" FOREIGN KEY (replaces) REFERENCES intake.delivery,
  CONSTRAINT "a delivery is superseded by a known one" FOREIGN KEY (superseded_by) REFERENCES intake.delivery,
  CONSTRAINT "a signer is a registered one" FOREIGN KEY (signer_id) REFERENCES register.signer,
  CONSTRAINT "a digest is a SHA-256" CHECK (length(sha256) = 32 AND length(name_digest) = 32),
  CONSTRAINT "a signature has a known kind" CHECK (signature_kind IN ('ssh', 'cms')),
  CONSTRAINT "a refusal has a code" CHECK (state NOT IN ('rejected', 'held', 'quarantined') OR code IS NOT NULL),
  CONSTRAINT "an end state has a time" CHECK
    (state NOT IN ('accepted', 'rejected', 'superseded', 'quarantined') OR processed IS NOT NULL),
  CONSTRAINT "what is queued or accepted was verified" CHECK (state NOT IN ('queued', 'accepted') OR
    (dataset IS NOT NULL AND period IS NOT NULL AND size IS NOT NULL AND sha256 IS NOT NULL
     AND signer_id IS NOT NULL AND signer_fingerprint IS NOT NULL AND received IS NOT NULL)),
  CONSTRAINT "a trial is never queued or accepted" CHECK (NOT trial OR state NOT IN ('queued', 'held', 'accepted'))
);
CREATE UNIQUE INDEX "one name is in progress once" ON intake.delivery (node, provider, trial, name_digest)
  WHERE state IN ('receiving', 'waiting');
CREATE INDEX ON intake.delivery (number) WHERE state = 'queued';
CREATE INDEX ON intake.delivery (provider, dataset, period, number);
CREATE INDEX ON intake.delivery (sha256);
CREATE INDEX ON intake.delivery (run_id);

CREATE TABLE intake.finding (
  delivery text NOT NULL,
  ord      integer NOT NULL,
  row      integer NOT NULL,
  field    text,
  rule     text NOT NULL,
  severity text NOT NULL,
  PRIMARY KEY (delivery, ord),
  CONSTRAINT "a finding is of a delivery" FOREIGN KEY (delivery) REFERENCES intake.delivery,
  CONSTRAINT "a finding has a known severity" CHECK (severity IN ('fout', 'signaal'))
);

CREATE TABLE intake.finding_count (
  delivery text NOT NULL,
  rule     text NOT NULL,
  severity text NOT NULL,
  count    bigint NOT NULL,
  PRIMARY KEY (delivery, rule),
  CONSTRAINT "a count is of a delivery" FOREIGN KEY (delivery) REFERENCES intake.delivery,
  CONSTRAINT "a count has a known severity" CHECK (severity IN ('fout', 'signaal'))
);

-------------------------------------------------------------------------------------------------------------- care --

-- One row for each delivery that is loaded. care stands on its own: no reference to intake.
CREATE TABLE care.batch (
  delivery     bigint PRIMARY KEY,
  provider     text NOT NULL,
  dataset      text NOT NULL,
  period       text NOT NULL,
  period_first date NOT NULL,
  period_last  date NOT NULL,
  received     timestamptz NOT NULL,
  records      bigint NOT NULL,
  CONSTRAINT "a period is loaded once" UNIQUE (provider, dataset, period)
);

-- One row for each loaded record. Every column costs COPY as much as parsing a field of text, so what a query does not
-- join or sort by stands in `codes`, one byte each; the view below gives it names. No index but the BRIN, and no CHECK:
-- validate/ has looked at every value. Days of birth and full postcodes do not exist here (JEUGDHULP §6).
-- birth_year: NULL = unborn. domain_version: of the key that made the pseudonym.
CREATE TABLE care.trajectory (
  delivery       bigint NOT NULL,
  pseudonym      uuid NOT NULL,
  row            integer NOT NULL,
  start_date     date NOT NULL,
  end_date       date,
  birth_year     smallint,
  municipality   smallint NOT NULL,
  postcode4      smallint,
  domain_version smallint NOT NULL,
  form           smallint NOT NULL,
  codes          bytea NOT NULL
);
-- Rows of one delivery lie together: a BRIN finds them and costs nothing to keep.
CREATE INDEX trajectory_delivery ON care.trajectory USING brin (delivery) WITH (pages_per_range = 64, autosummarize = on);

-- The same rows with every code by its name: numbers as delivered ('03' is 3), letters as delivered, NULL = not given.
-- What reads records reads this. load/ writes the bytes in this order.
CREATE VIEW care.trajectory_named AS
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
  get_byte(codes, 21) & 2 = 2 AS pre_pseudonym
FROM care.trajectory;

------------------------------------------------------------------------------------------------------------- audit --

-- entry: canonical JSON, the exact text whose UTF-8 bytes are hashed.
-- leaf_hash = SHA-256(0x00 || entry), a leaf of RFC 6962; chain_hash = SHA-256(previous chain_hash || leaf_hash), the
-- previous of entry 0 being 32 zero bytes.
CREATE TABLE audit.entry (
  index      bigint PRIMARY KEY,
  entry      text NOT NULL,
  leaf_hash  bytea NOT NULL,
  chain_hash bytea NOT NULL,
  at         text GENERATED ALWAYS AS (entry::json ->> 'at') STORED,
  event      text GENERATED ALWAYS AS (entry::json ->> 'event') STORED,
  subject    text GENERATED ALWAYS AS (entry::json ->> 'subject') STORED,
  CONSTRAINT "the log begins at 0" CHECK (index >= 0),
  CONSTRAINT "an entry says when and what" CHECK (at IS NOT NULL AND event IS NOT NULL)
);
CREATE INDEX ON audit.entry (subject, index);

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit.continue_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last record;
BEGIN
  SELECT index, chain_hash INTO last FROM audit.entry ORDER BY index DESC LIMIT 1;
  IF NEW.index <> coalesce(last.index + 1, 0)
     OR NEW.leaf_hash <> sha256('\x00'::bytea || convert_to(NEW.entry, 'UTF8'))
     OR NEW.chain_hash <> sha256(coalesce(last.chain_hash, decode(repeat('00', 32), 'hex')) || NEW.leaf_hash) THEN
    RAISE EXCEPTION 'an audit entry must continue the chain' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER continue_chain BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.continue_chain();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
-- ALWAYS: also when a session pretends to be a replica.
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER continue_chain;
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER refuse_change;

------------------------------------------------------------------------------------------------------------ outbox --

CREATE TABLE outbox.message (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id   text NOT NULL UNIQUE,
  channel      text NOT NULL,
  kind         text NOT NULL,
  delivery     text,
  provider     text,
  recipients   text[] NOT NULL DEFAULT '{}',
  facts        jsonb NOT NULL DEFAULT '{}',
  state        text NOT NULL DEFAULT 'pending',
  attempts     integer NOT NULL DEFAULT 0,
  next_attempt timestamptz NOT NULL DEFAULT now(),
  last_error   text,
  created      timestamptz NOT NULL DEFAULT now(),
  sent         timestamptz,
  CONSTRAINT "a message has a known channel" CHECK (channel IN ('mail', 'folder')),
  CONSTRAINT "a message has a known state" CHECK (state IN ('pending', 'sent', 'failed')),
  CONSTRAINT "a sent message has a time" CHECK ((state = 'sent') = (sent IS NOT NULL))
);
CREATE INDEX ON outbox.message (next_attempt, id) WHERE state = 'pending';
CREATE INDEX ON outbox.message (delivery);

------------------------------------------------------------------------------------------------------------ grants --

GRANT USAGE ON SCHEMA register, intake, care, audit, outbox TO sluis_daemon, sluis_admin;

GRANT SELECT ON ALL TABLES IN SCHEMA register TO sluis_daemon, sluis_admin;
GRANT INSERT, UPDATE ON register.provider, register.login_key, register.signer, register.agreement TO sluis_admin;

GRANT SELECT, INSERT, UPDATE, DELETE ON intake.delivery TO sluis_daemon;
GRANT SELECT, INSERT, DELETE ON intake.finding, intake.finding_count TO sluis_daemon;
GRANT SELECT, INSERT, UPDATE ON intake.run TO sluis_daemon;
GRANT USAGE ON SEQUENCE intake.delivery_number TO sluis_daemon;
GRANT SELECT ON ALL TABLES IN SCHEMA intake TO sluis_admin;

GRANT SELECT, INSERT, DELETE ON care.batch, care.trajectory TO sluis_daemon;
GRANT SELECT ON care.trajectory_named TO sluis_daemon;
GRANT SELECT ON care.batch TO sluis_admin;

GRANT SELECT, INSERT ON audit.entry TO sluis_daemon, sluis_admin;

GRANT SELECT, INSERT, UPDATE ON outbox.message TO sluis_daemon;
GRANT SELECT, INSERT ON outbox.message TO sluis_admin;
