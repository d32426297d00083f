-- What keeps hosts from being ready, and how many it makes not ready or undetermined. The row without
-- an id is of hosts that do not have what was required, or of which that cannot be told.
SELECT f.id,
       count(DISTINCT h.host) FILTER (WHERE h.verdict = 'not-ready') AS not_ready,
       count(DISTINCT h.host) FILTER (WHERE h.verdict = 'undetermined') AS undetermined
FROM hosts AS h
LEFT JOIN findings AS f ON f.host = h.host AND f.day = h.day AND f.decides
WHERE h.day = (SELECT max(day) FROM hosts) AND h.verdict <> 'ready'
GROUP BY f.id
ORDER BY not_ready DESC, undetermined DESC, f.id;
