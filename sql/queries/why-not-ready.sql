-- What keeps hosts from being ready, and how many.
SELECT id, count(DISTINCT host) AS hosts
FROM findings
WHERE day = (SELECT max(day) FROM hosts) AND verdict = 'fail' AND decides
GROUP BY id
ORDER BY hosts DESC, id;
