-- Hosts that were audited on an earlier day and not on the last.
SELECT host, max(day) AS last_audit
FROM hosts
GROUP BY host
HAVING max(day) < (SELECT max(day) FROM hosts)
ORDER BY host;
