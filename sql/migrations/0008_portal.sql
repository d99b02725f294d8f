-- The portal: who signs in and how, what each may see of deliveries, uploads by a person, and applications.
--
-- Role sluis_portal never reads register, intake, outbox, care or audit: it has the tables of accounts, and views that
-- the database itself cuts to the session in force (portal.viewer()). Tokens stand here as SHA-256 only, passwords as
-- Argon2id, second factors sealed under a key that is not here.

CREATE SCHEMA portal;

---------------------------------------------------------------------------------------------------------- accounts --

-- totp_step: of the last code that was used. device: see portal.device.
CREATE TABLE portal.account (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "user"         text NOT NULL UNIQUE,
  name           text NOT NULL,
  role           text NOT NULL,
  subject        text,
  language       text NOT NULL DEFAULT 'nl',
  state          text NOT NULL DEFAULT 'invited',
  password_hash  text,
  totp_sealed    bytea,
  totp_step      bigint,
  terms_accepted text NOT NULL DEFAULT '',
  oidc_subject   text UNIQUE,
  created        timestamptz NOT NULL,
  last_sign_in   timestamptz,
  CONSTRAINT "a user is a mail address in lower case" CHECK ("user" ~ '^[^@\s]+@[^@\s]+$' AND "user" = lower("user")
    AND length("user") <= 254),
  CONSTRAINT "a person has a name" CHECK (name <> '' AND length(name) <= 100),
  CONSTRAINT "an account has a known role" CHECK (role IN ('municipality', 'provider', 'operator', 'auditor')),
  CONSTRAINT "an account is of whom its role says" CHECK (CASE role
    WHEN 'municipality' THEN subject ~ '^GM[0-9]{4}$'
    WHEN 'provider' THEN subject ~ '^[A-Z][A-Z0-9]{1,15}$'
    ELSE subject IS NULL END),
  CONSTRAINT "an account has a known language" CHECK (language IN ('nl', 'en')),
  CONSTRAINT "an account has a known state" CHECK (state IN ('invited', 'active', 'disabled')),
  CONSTRAINT "who is active has a password or a broker" CHECK
    (state <> 'active' OR password_hash IS NOT NULL OR oidc_subject IS NOT NULL)
);

CREATE TABLE portal.recovery_code (
  account bigint NOT NULL REFERENCES portal.account ON DELETE CASCADE,
  hash    bytea NOT NULL,
  PRIMARY KEY (account, hash)
);

-- second_factor_at: when signing in was complete; NULL = only the password was right. idle_until moves with use.
CREATE TABLE portal.session (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_hash       bytea NOT NULL UNIQUE,
  account          bigint NOT NULL REFERENCES portal.account ON DELETE CASCADE,
  created          timestamptz NOT NULL,
  last_seen        timestamptz NOT NULL,
  idle_until       timestamptz NOT NULL,
  expires          timestamptz NOT NULL,
  second_factor_at timestamptz,
  means            text NOT NULL DEFAULT '',
  address          text NOT NULL DEFAULT '',
  browser          text NOT NULL DEFAULT '',
  pending_sealed   bytea,
  CONSTRAINT "a token is kept as a SHA-256" CHECK (length(token_hash) = 32)
);
CREATE INDEX ON portal.session (account);

CREATE TABLE portal.link (
  hash    bytea PRIMARY KEY,
  account bigint NOT NULL REFERENCES portal.account ON DELETE CASCADE,
  purpose text NOT NULL,
  created timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  used    timestamptz,
  CONSTRAINT "a link has a known purpose" CHECK (purpose IN ('invitation', 'reset')),
  CONSTRAINT "a link is kept as a SHA-256" CHECK (length(hash) = 32)
);
CREATE INDEX ON portal.link (account);

-- Browsers that have signed in to an account before, by the SHA-256 of their cookie.
CREATE TABLE portal.device (
  hash    bytea PRIMARY KEY,
  account bigint NOT NULL REFERENCES portal.account ON DELETE CASCADE,
  seen    timestamptz NOT NULL
);

-- Failures, by the SHA-256 of what is counted (user and address block, address block, device …); as many as there were
-- at `last`, less what was forgiven until then.
CREATE TABLE portal.attempt (
  what     text NOT NULL,
  hash     bytea NOT NULL,
  failures double precision NOT NULL,
  last     timestamptz NOT NULL,
  PRIMARY KEY (what, hash)
);

-- Queues the mail with a link for who forgot a password: at most one in 15 minutes for each account. A message is
-- written in any case, and undone when there is nobody to mail it to: the time it takes does not tell.
CREATE FUNCTION portal.ask_for_reset(asked text, domain text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  person bigint;
BEGIN
  IF domain COLLATE "C" !~ '^[A-Za-z0-9.-]{1,253}$' OR length(asked) > 254 THEN
    RAISE EXCEPTION 'not a domain or not a user' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Who signs in by a broker has no password to forget: a new one would go around what the broker assures.
  SELECT a.id INTO person FROM portal.account AS a WHERE a."user" = asked AND a.state <> 'disabled'
    AND (a.oidc_subject IS NULL OR a.password_hash IS NOT NULL);
  BEGIN
    INSERT INTO outbox.message (message_id, channel, kind, recipients, facts) VALUES (
      format('account-%s-%s.wachtwoord-herstel@%s', coalesce(person, 0),
        CASE WHEN person IS NULL THEN gen_random_uuid()::text
        ELSE floor(extract(epoch FROM now()) / 900)::bigint::text END, domain),
      'mail', 'wachtwoord-herstel', ARRAY[asked], jsonb_build_object('account', coalesce(person, 0)::text))
    ON CONFLICT (message_id) DO NOTHING;
    IF person IS NULL THEN
      RAISE EXCEPTION 'nobody';
    END IF;
  EXCEPTION WHEN raise_exception THEN
    NULL;
  END;
END $$;
REVOKE ALL ON FUNCTION portal.ask_for_reset(text, text) FROM PUBLIC;

-- Queues the mail that tells an account what was changed of it.
CREATE FUNCTION portal.tell_change(person bigint, what text, domain text) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF domain COLLATE "C" !~ '^[A-Za-z0-9.-]{1,253}$' OR what NOT IN ('wachtwoord', 'tweede-factor', 'herstelcodes') THEN
    RAISE EXCEPTION 'not a domain or not a change' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO outbox.message (message_id, channel, kind, recipients, facts)
  SELECT format('account-%s-%s.account-gewijzigd@%s', a.id, gen_random_uuid(), domain), 'mail', 'account-gewijzigd',
    ARRAY[a."user"], jsonb_build_object('account', a.id::text, 'wat', what)
  FROM portal.account AS a WHERE a.id = person;
END $$;
REVOKE ALL ON FUNCTION portal.tell_change(bigint, text, text) FROM PUBLIC;

------------------------------------------------------------------------------------------------------------ viewer --

-- The account of the session whose token is in `sluis.session`, when it is signed in completely; no row otherwise.
CREATE FUNCTION portal.viewer() RETURNS TABLE (account bigint, role text, subject text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, a.role, a.subject FROM portal.session AS s JOIN portal.account AS a ON a.id = s.account
  WHERE s.token_hash = sha256(convert_to(current_setting('sluis.session', true), 'UTF8'))
    AND s.second_factor_at IS NOT NULL AND s.expires > now() AND s.idle_until > now() AND a.state = 'active'
$$;
REVOKE ALL ON FUNCTION portal.viewer() FROM PUBLIC;

-- Whether the viewer may see what is of that provider: its own people, and the TTP's.
CREATE FUNCTION portal.sees(provider text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM portal.viewer() AS v
    WHERE v.role IN ('operator', 'auditor') OR (v.role = 'provider' AND v.subject = sees.provider))
$$;
CREATE FUNCTION portal.is_ttp() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM portal.viewer() AS v WHERE v.role IN ('operator', 'auditor'))
$$;
REVOKE ALL ON FUNCTION portal.sees(text), portal.is_ttp() FROM PUBLIC;

------------------------------------------------------------------------------------------- uploads by a person --

-- automation: the provider signs itself. person: its people may upload without a signature, the portal signs.
ALTER TABLE register.agreement ADD COLUMN upload text NOT NULL DEFAULT 'automation',
  ADD CONSTRAINT "an agreement says who uploads" CHECK (upload IN ('automation', 'person'));

-- A portal's key stands with each provider whose people may upload; it is valid for signatures that name the person.
ALTER TABLE register.signer DROP CONSTRAINT "a signer has a known kind",
  ADD CONSTRAINT "a signer has a known kind" CHECK (kind IN ('ssh', 'cms', 'portal'));

-- Who uploaded it, out of what the portal signed: the account's number, and when its second factor was shown.
ALTER TABLE intake.delivery ADD COLUMN uploaded_by bigint, ADD COLUMN second_factor_at timestamptz,
  ADD CONSTRAINT "who uploaded showed a second factor" CHECK ((uploaded_by IS NULL) = (second_factor_at IS NULL));

------------------------------------------------------------------------------------------------------- audit state --

-- What the last checks of the whole log found; the newest row is the state. head: the chain hash it ended with.
CREATE TABLE audit.verification (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL,
  entries  bigint NOT NULL,
  head     bytea,
  good     boolean NOT NULL,
  what     text NOT NULL DEFAULT ''
);

-- One text that a role which may not write the log hands over: only these events, by this system.
CREATE FUNCTION audit.append_text(entry text, events text[], by_system text) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last  record;
  place bigint;
  leaf  bytea;
BEGIN
  IF entry IS NULL OR length(entry) > 16384 OR entry COLLATE "C" !~ '^[ -~]+$' THEN
    RAISE EXCEPTION 'not the text of an entry' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF (SELECT array_agg(key ORDER BY key) FROM json_object_keys(entry::json) AS key)
       IS DISTINCT FROM ARRAY['actor', 'at', 'details', 'event', 'responsible', 'subject', 'system']
     OR coalesce(entry::json ->> 'event', '') <> ALL (events)
     OR entry::json ->> 'system' IS DISTINCT FROM by_system THEN
    RAISE EXCEPTION 'that cannot be appended here' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(x'736c756973000003'::bigint);  -- postgres::Lock::audit
  SELECT index, chain_hash INTO last FROM audit.entry ORDER BY index DESC LIMIT 1;
  place := coalesce(last.index + 1, 0);
  leaf := sha256('\x00'::bytea || convert_to(append_text.entry, 'UTF8'));
  INSERT INTO audit.entry (index, entry, leaf_hash, chain_hash) VALUES (place, append_text.entry, leaf,
    sha256(coalesce(last.chain_hash, decode(repeat('00', 32), 'hex')) || leaf));
  RETURN place;
END $$;
REVOKE ALL ON FUNCTION audit.append_text(text, text[], text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION audit.append_view(entry text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT audit.append_text(entry, ARRAY['report.viewed', 'report.attacked'], 'sluis-figures')
$$;

CREATE FUNCTION audit.append_portal(entry text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT audit.append_text(entry, ARRAY['account.signed-in', 'account.signed-out', 'account.sign-in-refused',
    'account.password-set', 'account.second-factor-set', 'account.recovery-codes-made', 'account.session-ended',
    'account.terms-accepted', 'account.reset-asked', 'delivery.uploaded', 'delivery.viewed',
    'application.received'], 'sluis-portal')
$$;
REVOKE ALL ON FUNCTION audit.append_portal(text) FROM PUBLIC;

------------------------------------------------------------------------------------------------------------- views --
-- What the pages show. security_barrier: no condition of a query sees a row before these have judged it.

CREATE VIEW portal.delivery WITH (security_barrier) AS
SELECT id, number, provider, file, dataset, period, state, code, detail, size, encode(sha256, 'hex') AS sha256,
  signature_kind, signer_fingerprint, uploaded_by,
  (SELECT a.name FROM portal.account AS a WHERE a.id = d.uploaded_by) AS uploader,
  first_seen, received, queued_at, processed, run_id,
  records, wrong_records, loaded, replaced, deleted, errors, warnings, detected, replaces, superseded_by, holds
FROM intake.delivery AS d WHERE NOT trial AND portal.sees(provider);

CREATE VIEW portal.finding WITH (security_barrier) AS
SELECT f.* FROM intake.finding AS f WHERE EXISTS
  (SELECT FROM intake.delivery AS d WHERE d.id = f.delivery AND portal.sees(d.provider));
CREATE VIEW portal.finding_count WITH (security_barrier) AS
SELECT f.* FROM intake.finding_count AS f WHERE EXISTS
  (SELECT FROM intake.delivery AS d WHERE d.id = f.delivery AND portal.sees(d.provider));

CREATE VIEW portal.provider WITH (security_barrier) AS
SELECT code, name, mails, suspended, max_file_bytes, quota_bytes, open_periods, added,
  (SELECT count(*) FROM register.login_key AS k WHERE k.provider = p.code AND k.removed IS NULL) AS login_keys,
  (SELECT count(*) FROM register.signer AS s WHERE s.provider = p.code AND s.revoked_at IS NULL
     AND (s.valid_until IS NULL OR s.valid_until > now())) AS signers
FROM register.provider AS p WHERE portal.sees(code);

CREATE VIEW portal.agreement WITH (security_barrier) AS
SELECT id, provider, municipality, dataset, valid_from, valid_until, upload
FROM register.agreement WHERE portal.sees(provider);

CREATE VIEW portal.signer WITH (security_barrier) AS
SELECT id, provider, kind, fingerprint, label, valid_from, valid_until, revoked_at
FROM register.signer WHERE portal.sees(provider);

CREATE VIEW portal.run WITH (security_barrier) AS
SELECT * FROM intake.run WHERE portal.is_ttp();

-- No recipients, no facts: what is stuck, since when and why.
CREATE VIEW portal.message WITH (security_barrier) AS
SELECT id, channel, kind, delivery, provider, state, attempts, next_attempt, last_error, created, sent
FROM outbox.message WHERE portal.is_ttp();

CREATE VIEW portal.audit_state WITH (security_barrier) AS
SELECT at, entries, encode(head, 'hex') AS head, good, what,
  (SELECT max(index) + 1 FROM audit.entry) AS entries_now
FROM audit.verification WHERE portal.is_ttp();

CREATE VIEW portal.person WITH (security_barrier) AS
SELECT id, "user", name, role, subject, state, totp_sealed IS NOT NULL AS second_factor, created, last_sign_in
FROM portal.account AS a WHERE portal.is_ttp() OR (a.role = 'provider' AND portal.sees(a.subject));

------------------------------------------------------------------------------------------------------ applications --
-- A provider's questionnaire and what became of it. Anybody may fill it in: the portal can write one and read none;
-- who follows a secret link learns where it stands, the TTP's people see it whole. secret_hash: of the link that sluisd
-- mails to the contact, NULL until it has.

CREATE TABLE portal.application (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state          text NOT NULL DEFAULT 'received',
  secret_hash    bytea UNIQUE,
  language       text NOT NULL DEFAULT 'nl',
  organisation   text NOT NULL,
  kvk            text NOT NULL,
  street         text NOT NULL,
  postcode       text NOT NULL,
  town           text NOT NULL,
  contact_name   text NOT NULL,
  contact_mail   text NOT NULL,
  contact_phone  text NOT NULL,
  technical_name text NOT NULL DEFAULT '',
  technical_mail text NOT NULL DEFAULT '',
  municipalities text[] NOT NULL,
  software       text NOT NULL DEFAULT '',
  format         text NOT NULL,
  upload         text NOT NULL,
  remarks        text NOT NULL DEFAULT '',
  person_names   text[] NOT NULL,
  person_mails   text[] NOT NULL,
  created        timestamptz NOT NULL,
  provider       text,
  CONSTRAINT "an application has a known state" CHECK (state IN
    ('received', 'agreement-sent', 'agreement-received', 'in-force', 'invited', 'declined')),
  CONSTRAINT "an application is in a known language" CHECK (language IN ('nl', 'en')),
  CONSTRAINT "an application names its organisation" CHECK (organisation <> '' AND length(organisation) <= 120
    AND kvk ~ '^[0-9]{8}$' AND length(street) <= 120 AND length(postcode) <= 10 AND length(town) <= 80),
  CONSTRAINT "an application names who can be asked" CHECK (contact_name <> '' AND length(contact_name) <= 100
    AND contact_mail ~ '^[^@\s]+@[^@\s]+$' AND length(contact_mail) <= 254 AND length(contact_phone) <= 30
    AND length(technical_name) <= 100 AND length(technical_mail) <= 254),
  CONSTRAINT "an application names municipalities" CHECK (cardinality(municipalities) BETWEEN 1 AND 60
    AND array_to_string(municipalities, ',') ~ '^GM[0-9]{4}(,GM[0-9]{4})*$'),
  CONSTRAINT "an application says how it will deliver" CHECK (length(software) <= 120 AND length(remarks) <= 1000
    AND format IN ('csv', 'ascii', 'xlsx', 'xls', 'unknown') AND upload IN ('automation', 'person')),
  CONSTRAINT "an application names whom to invite" CHECK (cardinality(person_names) BETWEEN 1 AND 10
    AND cardinality(person_mails) = cardinality(person_names) AND length(array_to_string(person_names, '')) <= 1000
    AND length(array_to_string(person_mails, '')) <= 2540),
  CONSTRAINT "a link is kept as a SHA-256" CHECK (length(secret_hash) = 32),
  CONSTRAINT "a provider comes of what is in force" CHECK ((provider IS NULL) = (state NOT IN ('in-force', 'invited'))),
  FOREIGN KEY (provider) REFERENCES register.provider
);
CREATE INDEX ON portal.application (id) WHERE secret_hash IS NULL;

CREATE TABLE portal.application_step (
  application bigint NOT NULL REFERENCES portal.application ON DELETE CASCADE,
  state       text NOT NULL,
  at          timestamptz NOT NULL,
  note        text NOT NULL DEFAULT '',
  PRIMARY KEY (application, state)
);

-- Whether one more may be filled in: a flood ends here, and nobody's mailbox is filled by it.
CREATE FUNCTION portal.may_apply(mail text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (SELECT count(*) FROM portal.application WHERE state = 'received') < 200
    AND (SELECT count(*) FROM portal.application AS a WHERE lower(a.contact_mail) = lower(may_apply.mail)
           AND a.created > now() - interval '1 day') < 3
$$;

-- Where the application stands whose link somebody has.
CREATE FUNCTION portal.application_of(token text)
  RETURNS TABLE (id bigint, state text, organisation text, created timestamptz, changed timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, a.state, a.organisation, a.created,
    coalesce((SELECT max(s.at) FROM portal.application_step AS s WHERE s.application = a.id), a.created)
  FROM portal.application AS a WHERE a.secret_hash = sha256(convert_to(token, 'UTF8'))
$$;
REVOKE ALL ON FUNCTION portal.may_apply(text), portal.application_of(text) FROM PUBLIC;

CREATE VIEW portal.seen_application WITH (security_barrier) AS
SELECT id, state, language, organisation, kvk, street, postcode, town, contact_name, contact_mail, contact_phone,
  technical_name, technical_mail, municipalities, software, format, upload, remarks, person_names, person_mails,
  created, provider
FROM portal.application WHERE portal.is_ttp();
CREATE VIEW portal.seen_application_step WITH (security_barrier) AS
SELECT application, state, at, note FROM portal.application_step WHERE portal.is_ttp();

------------------------------------------------------------------------------------------------------------ grants --

GRANT USAGE ON SCHEMA portal TO sluis_portal, sluis_daemon, sluis_admin;
GRANT USAGE ON SCHEMA audit TO sluis_portal;
GRANT EXECUTE ON FUNCTION audit.append_portal(text) TO sluis_portal;

GRANT SELECT ON portal.account TO sluis_portal, sluis_daemon, sluis_admin;
GRANT UPDATE (language, state, password_hash, totp_sealed, totp_step, terms_accepted, oidc_subject, last_sign_in)
  ON portal.account TO sluis_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON portal.recovery_code, portal.session, portal.link, portal.device, portal.attempt
  TO sluis_portal;
GRANT EXECUTE ON FUNCTION portal.viewer(), portal.sees(text), portal.is_ttp() TO sluis_portal;
GRANT EXECUTE ON FUNCTION portal.ask_for_reset(text, text), portal.tell_change(bigint, text, text) TO sluis_portal;
GRANT SELECT ON portal.delivery, portal.finding, portal.finding_count, portal.provider, portal.agreement, portal.signer,
  portal.run, portal.message, portal.audit_state, portal.person TO sluis_portal;

-- sluisd: looks whose session asks, invites, makes the links that it mails.
GRANT INSERT, UPDATE ON portal.account TO sluis_daemon, sluis_admin;
GRANT INSERT ON portal.link TO sluis_daemon;
GRANT SELECT, DELETE ON portal.session, portal.link, portal.recovery_code, portal.device TO sluis_daemon, sluis_admin;
GRANT SELECT, INSERT ON audit.verification TO sluis_daemon, sluis_admin;

-- sluisd makes the changes to the register that an operator asks for at the portal, as `sluis` does.
-- Who may log in at the gate and whose signature counts is not among it, but for the portal's own key with a new provider.
GRANT INSERT ON register.provider, register.agreement, register.signer TO sluis_daemon;
GRANT UPDATE (name, mails, suspended, max_file_bytes, quota_bytes, open_periods, max_deleted_share, max_rejected_records)
  ON register.provider TO sluis_daemon;
GRANT UPDATE (valid_until, ended) ON register.agreement TO sluis_daemon;

-- Applications: the portal writes one and cannot read it back.
GRANT INSERT (language, organisation, kvk, street, postcode, town, contact_name, contact_mail, contact_phone,
  technical_name, technical_mail, municipalities, software, format, upload, remarks, person_names, person_mails, created)
  ON portal.application TO sluis_portal;
GRANT SELECT (id) ON portal.application TO sluis_portal;
GRANT SELECT ON portal.seen_application, portal.seen_application_step TO sluis_portal;
GRANT EXECUTE ON FUNCTION portal.may_apply(text), portal.application_of(text) TO sluis_portal;
GRANT SELECT, UPDATE (state, secret_hash, provider), DELETE ON portal.application TO sluis_daemon, sluis_admin;
GRANT SELECT, INSERT ON portal.application_step TO sluis_daemon, sluis_admin;
