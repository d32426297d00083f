-- Flat views for DuckDB over a table `reports` of what read_passcheck() gives: one row a host and
-- day, a row a function, what blocks one, a row a finding, and a row a PF that has or could have
-- VFs. sql/postgresql.sql has the same for PostgreSQL.
--
--   CREATE TABLE reports AS SELECT * FROM read_passcheck('reports/*.json');

CREATE OR REPLACE VIEW hosts AS
SELECT
  host.hostname AS host,
  CAST(CAST(run."time" AS TIMESTAMP) AS DATE) AS day,
  verdict,
  host.product AS product,
  host.firmware."version" AS firmware,
  host.architecture AS architecture,
  host.kernel_release AS kernel,
  summary
FROM reports;

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
  f.sriov AS sriov
FROM reports AS report, unnest(report.functions) AS unnested(f);

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
  f.summary AS summary
FROM reports AS report, unnest(report.findings) AS unnested(f);

CREATE OR REPLACE VIEW pfs AS
SELECT
  host, day, address, name, driver,
  sriov.enabled_vfs AS enabled,
  sriov.max_vfs.effective AS possible,
  sriov.usable_vfs."count" AS usable,
  sriov.usable_vfs.limited_by AS limited_by
FROM functions
WHERE sriov IS NOT NULL AND sriov.total_vfs IS NOT NULL;
