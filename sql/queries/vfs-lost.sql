-- Physical functions that have fewer VFs than on the day before, or are gone. Nothing is lost where
-- the number is not known, and none is gone where the functions of the host are not all listed.
WITH days AS (SELECT DISTINCT day FROM hosts ORDER BY day DESC LIMIT 2)
SELECT before.host, before.address, before.enabled AS enabled_before,
       coalesce(now.enabled_vfs, 0) AS enabled_now, now.address IS NULL AS gone
FROM pfs AS before
JOIN hosts AS today ON today.host = before.host AND today.day = (SELECT max(day) FROM days)
LEFT JOIN functions AS now
  ON now.host = before.host AND now.address = before.address AND now.day = today.day
WHERE before.day = (SELECT min(day) FROM days)
  AND (before.enabled > now.enabled_vfs
       OR (now.address IS NULL AND before.enabled > 0 AND today.lists_functions))
ORDER BY before.host, before.address;
