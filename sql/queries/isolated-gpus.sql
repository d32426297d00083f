-- Hosts that can give at least 2 GPUs to guests of their own: what shares an IOMMU group goes to one
-- guest, so groups are counted, and only those whose functions are all of one card, as a GPU and its
-- sound. Another class: 'nic', 'nvme', …
WITH shared AS (
  SELECT host, iommu_group,
         count(DISTINCT left(address, length(address) - 2)) AS cards,
         count(*) FILTER (WHERE class_word = 'gpu'
                          AND verdict IN ('assignable', 'assignable-with')) AS gpus
  FROM functions
  WHERE day = (SELECT max(day) FROM hosts) AND class_word <> 'bridge'
  GROUP BY host, iommu_group)
SELECT host, count(*) AS isolated
FROM shared
WHERE cards = 1 AND gpus > 0
GROUP BY host
HAVING count(*) >= 2
ORDER BY isolated DESC, host;
