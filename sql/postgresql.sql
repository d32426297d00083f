-- A table of reports for PostgreSQL 12 and later, and over it the views of sql/views.sql with the
-- same names and columns: sql/queries/ asks both.
--
--   COPY reports (report) FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
--
-- takes reports of `passcheck --format json --compact --with-identity`, one a line.

CREATE TABLE IF NOT EXISTS reports (
  report jsonb NOT NULL,
  host text NOT NULL GENERATED ALWAYS AS (report #>> '{host,hostname}') STORED,
  -- A cast of text to a date depends on settings, so it generates no column.
  day date NOT NULL GENERATED ALWAYS AS (
    make_date(CAST(substr(report #>> '{run,time}', 1, 4) AS integer),
              CAST(substr(report #>> '{run,time}', 6, 2) AS integer),
              CAST(substr(report #>> '{run,time}', 9, 2) AS integer))) STORED,
  verdict text NOT NULL GENERATED ALWAYS AS (report ->> 'verdict') STORED,
  UNIQUE (day, host)
);

-- For questions of what a report contains:
--   report @> '{"findings": [{"id": "vfio-driver.missing", "verdict": "fail"}]}'
CREATE INDEX IF NOT EXISTS reports_report ON reports USING gin (report jsonb_path_ops);

CREATE OR REPLACE VIEW hosts AS
SELECT
  host,
  day,
  verdict,
  report #>> '{host,product}' AS product,
  report #>> '{host,firmware,version}' AS firmware,
  report #>> '{host,architecture}' AS architecture,
  report #>> '{host,kernel_release}' AS kernel,
  CAST(report #>> '{summary,vfs,enabled}' AS bigint) AS enabled_vfs,
  report -> 'summary' AS summary,
  -- What is not among its functions is not on the host. Where they could not be listed it has none.
  CAST(report #>> '{run,complete}' AS boolean)
    AND CAST(report #>> '{summary,functions,total}' AS bigint) > 0 AS lists_functions
FROM reports;

CREATE OR REPLACE VIEW functions AS
SELECT
  host,
  day,
  f ->> 'address' AS address,
  f ->> 'name' AS name,
  f ->> 'class_word' AS class_word,
  f ->> 'driver' AS driver,
  CAST(f #>> '{isolation,group}' AS bigint) AS iommu_group,
  f #>> '{assignable,verdict}' AS verdict,
  f #> '{assignable,blocked_by}' AS blocked_by,
  f #> '{assignable,cautions}' AS cautions,
  f ->> 'physical_function' AS physical_function,
  CASE WHEN jsonb_typeof(f -> 'sriov') = 'null' THEN 0
       ELSE CAST(f #>> '{sriov,enabled_vfs}' AS bigint) END AS enabled_vfs,
  f -> 'sriov' AS sriov
FROM reports, jsonb_array_elements(report -> 'functions') AS unnested(f);

CREATE OR REPLACE VIEW blockers AS
SELECT host, day, address, class_word, b ->> 'kind' AS kind
FROM functions, jsonb_array_elements(blocked_by) AS unnested(b);

CREATE OR REPLACE VIEW findings AS
SELECT
  host,
  day,
  f ->> 'id' AS id,
  f #>> '{subject,type}' AS subject_type,
  f #>> '{subject,id}' AS subject,
  f ->> 'verdict' AS verdict,
  CAST(f ->> 'decides' AS boolean) AS decides,
  f ->> 'summary' AS summary
FROM reports, jsonb_array_elements(report -> 'findings') AS unnested(f);

CREATE OR REPLACE VIEW pfs AS
SELECT
  host, day, address, name, driver,
  enabled_vfs AS enabled,
  CAST(sriov #>> '{max_vfs,effective}' AS bigint) AS possible,
  CAST(sriov #>> '{usable_vfs,count}' AS bigint) AS usable,
  sriov #>> '{usable_vfs,limited_by}' AS limited_by,
  -- False: the capability was not read, so it may not be a PF.
  sriov ->> 'total_vfs' IS NOT NULL AS capability_read
FROM functions
WHERE jsonb_typeof(sriov) <> 'null';
