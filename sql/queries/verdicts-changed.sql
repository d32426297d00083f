-- Hosts whose verdict changed since the day before, and the findings that fail since.
WITH days AS (SELECT DISTINCT day FROM hosts ORDER BY day DESC LIMIT 2)
SELECT before.host, before.verdict AS verdict_before, now.verdict AS verdict_now,
       (SELECT array_agg(DISTINCT f.id ORDER BY f.id) FROM findings AS f
        WHERE f.host = now.host AND f.day = now.day AND f.verdict = 'fail'
          AND NOT EXISTS (SELECT 1 FROM findings AS g
                          WHERE g.host = f.host AND g.day = before.day AND g.id = f.id
                            AND g.verdict = 'fail')) AS fails_since
FROM hosts AS before
JOIN hosts AS now ON now.host = before.host AND now.day = (SELECT max(day) FROM days)
WHERE before.day = (SELECT min(day) FROM days) AND before.verdict <> now.verdict
ORDER BY before.host;
