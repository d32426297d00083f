-- Why functions cannot go to a guest, by class.
SELECT class_word, kind, count(*) AS functions
FROM blockers
WHERE day = (SELECT max(day) FROM hosts)
GROUP BY class_word, kind
ORDER BY functions DESC, class_word, kind;
