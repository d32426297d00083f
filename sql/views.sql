-- Flat views for DuckDB over a table `reports` of what read_passcheck() gives: one row a host and
-- day, a row a function, what blocks one, a row a finding, and a row a PF that has or could have
-- VFs, or may be one. sql/postgresql.sql has the same for PostgreSQL.
--
--   CREATE TABLE reports AS SELECT * FROM read_passcheck('reports/*.json');

-- Of a host that reports more than once a day the last report holds.
CREATE OR REPLACE VIEW daily AS
SELECT * FROM reports AS report
WHERE NOT EXISTS (
  SELECT 1 FROM reports AS later
  WHERE later.host.hostname = report.host.hostname
    AND left(later.run."time", 10) = left(report.run."time", 10)
    AND later.run."time" > report.run."time");

CREATE OR REPLACE VIEW hosts AS
SELECT
  host.hostname AS host,
  CAST(CAST(run."time" AS TIMESTAMP) AS DATE) AS day,
  verdict,
  host.product AS product,
  host.firmware."version" AS firmware,
  host.architecture AS architecture,
  host.kernel_release AS kernel,
  summary.vfs.enabled AS enabled_vfs,
  summary,
  -- What is not among its functions is not on the host. Where they could not be listed it has none.
  run.complete AND summary.functions.total > 0 AS lists_functions
FROM daily;

CREATE OR REPLACE VIEW functions AS
SELECT
  report.host.hostname AS host,
  CAST(CAST(report.run."time" AS TIMESTAMP) AS DATE) AS day,
  f.address AS address,
  f."name" AS name,
  f.class_word AS class_word,
  f.driver AS driver,
  f.isolation."group" AS iommu_group,
  f.assignable.verdict AS verdict,
  f.assignable.blocked_by AS blocked_by,
  f.assignable.cautions AS cautions,
  f.physical_function AS physical_function,
  CASE WHEN f.sriov IS NULL THEN 0 ELSE f.sriov.enabled_vfs END AS enabled_vfs,
  f.sriov AS sriov
FROM daily AS report, unnest(report.functions) AS unnested(f);

CREATE OR REPLACE VIEW blockers AS
SELECT host, day, address, class_word, b.kind AS kind
FROM functions, unnest(blocked_by) AS unnested(b);

CREATE OR REPLACE VIEW findings AS
SELECT
  report.host.hostname AS host,
  CAST(CAST(report.run."time" AS TIMESTAMP) AS DATE) AS day,
  f.id AS id,
  f.subject."type" AS subject_type,
  f.subject.id AS subject,
  f.verdict AS verdict,
  f.decides AS decides,
  f.summary AS summary
FROM daily AS report, unnest(report.findings) AS unnested(f);

CREATE OR REPLACE VIEW pfs AS
SELECT
  host, day, address, name, driver,
  enabled_vfs AS enabled,
  sriov.max_vfs.effective AS possible,
  sriov.usable_vfs."count" AS usable,
  sriov.usable_vfs.limited_by AS limited_by,
  -- False: the capability was not read, so it may not be a PF.
  sriov.total_vfs IS NOT NULL AS capability_read
FROM functions
WHERE sriov IS NOT NULL;
