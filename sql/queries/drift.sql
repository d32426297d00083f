-- Hosts of one product that differ from most of their kind in firmware, where that is known, in
-- kernel or verdict.
WITH today AS (SELECT * FROM hosts WHERE day = (SELECT max(day) FROM hosts)),
     usual AS (SELECT product, mode() WITHIN GROUP (ORDER BY firmware) AS firmware,
                      mode() WITHIN GROUP (ORDER BY kernel) AS kernel,
                      mode() WITHIN GROUP (ORDER BY verdict) AS verdict
               FROM today GROUP BY product)
SELECT today.host, today.product, today.firmware, usual.firmware AS usual_firmware,
       today.kernel, usual.kernel AS usual_kernel,
       today.verdict, usual.verdict AS usual_verdict
FROM today JOIN usual ON usual.product IS NOT DISTINCT FROM today.product
WHERE today.firmware <> usual.firmware
   OR today.kernel IS DISTINCT FROM usual.kernel OR today.verdict <> usual.verdict
ORDER BY today.product, today.host;
