-- Virtual functions that could each go to a guest, and how many are enabled, by rack: here what
-- stands before the first '-' of a host's name. Counted apart are PFs of which a count is not known,
-- and functions whose SR-IOV capability was not read: they may be PFs.
SELECT
  split_part(host, '-', 1) AS rack,
  sum(usable) AS usable,
  sum(enabled) AS enabled,
  count(*) FILTER (WHERE capability_read AND (usable IS NULL OR enabled IS NULL)) AS unknown_pfs,
  count(*) FILTER (WHERE NOT capability_read) AS unread_functions
FROM pfs
WHERE day = (SELECT max(day) FROM hosts)
GROUP BY rack
ORDER BY rack;
