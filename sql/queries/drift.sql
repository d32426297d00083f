-- Members of a cluster (here: what stands before the first '-' of a host's name) whose firmware,
-- kernel or verdict is not what is usual, the most frequent among those of the same product. Of a
-- tie nothing is usual, and all are shown. What is not known does not differ.
WITH today AS (SELECT *, split_part(host, '-', 1) AS cluster
               FROM hosts WHERE day = (SELECT max(day) FROM hosts)),
     told AS (SELECT host, cluster, product, 'firmware' AS what, firmware AS value FROM today
              UNION ALL SELECT host, cluster, product, 'kernel', kernel FROM today
              UNION ALL SELECT host, cluster, product, 'verdict', verdict FROM today),
     ranked AS (SELECT cluster, product, what, value,
                       rank() OVER (PARTITION BY cluster, product, what ORDER BY count(*) DESC) AS place
                FROM told WHERE value IS NOT NULL
                GROUP BY cluster, product, what, value),
     usual AS (SELECT cluster, product, what, CASE count(*) WHEN 1 THEN min(value) END AS value
               FROM ranked WHERE place = 1
               GROUP BY cluster, product, what)
SELECT told.host, told.product, told.what, told.value, usual.value AS usual
FROM told JOIN usual ON usual.cluster = told.cluster AND usual.what = told.what
                    AND usual.product IS NOT DISTINCT FROM told.product
WHERE told.value IS NOT NULL AND told.value IS DISTINCT FROM usual.value
ORDER BY told.product, told.host, told.what;
