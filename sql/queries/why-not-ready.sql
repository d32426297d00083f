-- What fails and keeps hosts from being ready, and how many. What cannot be told, as on hosts that
-- are undetermined, is not among it.
SELECT id, count(DISTINCT host) AS hosts
FROM findings
WHERE day = (SELECT max(day) FROM hosts) AND verdict = 'fail' AND decides
GROUP BY id
ORDER BY hosts DESC, id;
