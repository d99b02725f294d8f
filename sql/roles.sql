-- The roles of Sluis: run once by a superuser in the database of Sluis, before `sluis db migrate`. Running it again
-- changes nothing. How the login roles authenticate (peer, certificate, password) is pg_hba.conf's business.
--
--   sluis_owner   owns schemas and tables; nobody logs in as it; migrations run as it
--   sluis_daemon  sluisd: what the sequence needs; the log it can only read and extend
--   sluis_admin   the command line: the register, the log (read and extend); no records
--   sluis_figures sluis-figures: may add to the log who looked at what; no table at all
--   sluis_portal  sluis-portal: accounts, sessions, and views of deliveries cut to the session in force
--   sluis_bi      nobody logs in as it: the group of those who read published figures with BI tools (docs/bi.md)

DO $$
DECLARE
  role_name text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluis_owner') THEN
    CREATE ROLE sluis_owner NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluis_bi') THEN
    CREATE ROLE sluis_bi NOLOGIN;
  END IF;
  FOREACH role_name IN ARRAY ARRAY['sluis_daemon', 'sluis_admin', 'sluis_figures', 'sluis_portal'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
    -- An error's details can quote a row, a statement's parameters can be one: the server's log must hold neither.
    EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', role_name);
    EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', role_name);
    EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', role_name);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO sluis_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO sluis_daemon, sluis_admin, sluis_figures, sluis_portal, sluis_bi',
    current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- The one way in which a role that may write nothing could still fill the disk.
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;
