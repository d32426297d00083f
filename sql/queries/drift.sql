-- Members of a cluster (here: what stands before the first '-' of a host's name) whose firmware,
-- kernel or verdict is not the most frequent among those of the same product, of a tie one of them.
-- What is not known does not differ.
WITH today AS (SELECT *, split_part(host, '-', 1) AS cluster
               FROM hosts WHERE day = (SELECT max(day) FROM hosts)),
     usual AS (SELECT cluster, product, mode() WITHIN GROUP (ORDER BY firmware) AS firmware,
                      mode() WITHIN GROUP (ORDER BY kernel) AS kernel,
                      mode() WITHIN GROUP (ORDER BY verdict) AS verdict
               FROM today GROUP BY cluster, product)
SELECT today.host, today.product, today.firmware, usual.firmware AS usual_firmware,
       today.kernel, usual.kernel AS usual_kernel,
       today.verdict, usual.verdict AS usual_verdict
FROM today JOIN usual ON usual.cluster = today.cluster
                     AND usual.product IS NOT DISTINCT FROM today.product
WHERE today.firmware <> usual.firmware
   OR today.kernel <> usual.kernel OR today.verdict <> usual.verdict
ORDER BY today.product, today.host;
