-- Firmware versions and kernels whose machines leave interrupts as they are, by product.
SELECT h.product, h.firmware, h.kernel, count(DISTINCT h.host) AS hosts
FROM hosts AS h
JOIN findings AS f ON f.host = h.host AND f.day = h.day
WHERE h.day = (SELECT max(day) FROM hosts)
  AND f.id LIKE 'interrupt-remapping.%' AND f.verdict = 'fail'
GROUP BY h.product, h.firmware, h.kernel
ORDER BY hosts DESC, h.product, h.firmware, h.kernel;
