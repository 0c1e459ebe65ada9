-- What jobs leave behind. Times in ms since 1970 UTC.

-- Calibration of all markets decided so far, as it was measured at created_at with the read model at seq.
create table brier.calibration_reports (
  id bigint generated always as identity primary key,
  created_at bigint not null,
  seq bigint not null,
  report jsonb not null
);

-- Jobs that gave up: what an operator has to look at.
create table brier.job_failures (
  id bigint generated always as identity primary key,
  queue text not null,
  job_id text not null,
  name text not null,
  -- slug; null where the job concerns no market
  market text,
  error text not null,
  attempts integer not null,
  failed_at bigint not null
);

-- Voided markets belong to a calibration report as excluded ones; they have no resolved_at.
create index markets_voided on brier.markets (changed_at, market) where status = 6;
