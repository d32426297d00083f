-- Why functions cannot go to a guest, by class.
SELECT class_word, b.kind AS kind, count(*) AS functions
FROM functions, unnest(blocked_by) AS unnested(b)
WHERE day = (SELECT max(day) FROM hosts)
GROUP BY class_word, b.kind
ORDER BY functions DESC, class_word, kind;
