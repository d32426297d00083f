-- Physical functions that have fewer VFs than on the day before, or are gone.
WITH days AS (SELECT DISTINCT day FROM hosts ORDER BY day DESC LIMIT 2)
SELECT before.host, before.address, before.enabled AS enabled_before,
       coalesce(now.enabled, 0) AS enabled_now, now.address IS NULL AS gone
FROM pfs AS before
LEFT JOIN pfs AS now
  ON now.host = before.host AND now.address = before.address
 AND now.day = (SELECT max(day) FROM days)
WHERE before.day = (SELECT min(day) FROM days)
  AND before.host IN (SELECT host FROM hosts WHERE day = (SELECT max(day) FROM days))
  AND before.enabled > coalesce(now.enabled, 0)
ORDER BY before.host, before.address;
