-- Hosts that can give at least 2 GPUs to guests of their own: two functions of one IOMMU group go
-- to one guest, so groups are counted. Another class: 'nic', 'nvme', …
SELECT host, count(DISTINCT iommu_group) AS isolated
FROM functions
WHERE day = (SELECT max(day) FROM hosts) AND class_word = 'gpu' AND verdict = 'assignable'
GROUP BY host
HAVING count(DISTINCT iommu_group) >= 2
ORDER BY isolated DESC, host;
