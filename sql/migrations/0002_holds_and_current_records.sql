-- Holds that somebody releases or rejects, and which record counts when a trajectory was delivered more than once
-- (JEUGDHULP §2).

-- holds: how often this delivery was held; each time is told in a message of its own. confirmed_deleted: how many
-- earlier records may vanish, as whoever released it was told; more is held again.
ALTER TABLE intake.delivery
  ADD COLUMN holds integer NOT NULL DEFAULT 0,
  ADD COLUMN confirmed_deleted bigint,
  ADD CONSTRAINT "what is confirmed is a number of records" CHECK (confirmed_deleted >= 0);
CREATE INDEX ON intake.delivery (number) WHERE state = 'held';

-- Current is, of all records with one key at one provider, that of the accepted delivery whose period ends last, on a
-- tie of the one received last. Twins without a BSN share a key within one delivery: both are current.
CREATE VIEW care.current_trajectory AS
SELECT * FROM (
  SELECT named.*, batch.provider, batch.dataset, batch.period,
    rank() OVER (PARTITION BY batch.provider, batch.dataset, named.pseudonym, named.start_date,
      named.form ORDER BY batch.period_last DESC, batch.received DESC, batch.delivery DESC) AS place
  FROM care.trajectory_named AS named JOIN care.batch AS batch USING (delivery)) AS ranked
WHERE place = 1;

GRANT SELECT ON care.current_trajectory TO sluis_daemon;
