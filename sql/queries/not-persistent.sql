-- Hosts whose VFs are gone after a reboot, for nothing on them makes them again.
SELECT host, array_agg(subject ORDER BY subject) AS functions
FROM findings
WHERE day = (SELECT max(day) FROM hosts) AND id = 'sriov-config.not-persistent'
GROUP BY host
ORDER BY host;
