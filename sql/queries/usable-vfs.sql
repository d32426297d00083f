-- Virtual functions that could each go to a guest, and how many are enabled, by rack: here what
-- stands before the first '-' of a host's name. PFs of which a count is not known are counted apart;
-- those whose capability was not read are not counted.
SELECT
  split_part(host, '-', 1) AS rack,
  sum(usable) AS usable,
  sum(enabled) AS enabled,
  count(*) FILTER (WHERE usable IS NULL OR enabled IS NULL) AS unknown_pfs
FROM pfs
WHERE day = (SELECT max(day) FROM hosts)
GROUP BY rack
ORDER BY rack;
