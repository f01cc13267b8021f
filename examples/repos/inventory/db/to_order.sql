-- Articles at or below their reorder level, scarcest first, with what they sold in the last 30 days.
WITH present AS (
    SELECT a.number, COALESCE(SUM(s.quantity), 0) AS quantity
    FROM article AS a
    LEFT JOIN stock AS s ON s.article_number = a.number
    GROUP BY a.number
),
sold AS (
    SELECT article_number, -SUM(quantity) AS quantity
    FROM movement
    WHERE quantity < 0 AND at >= CURRENT_TIMESTAMP - INTERVAL '30 days'
    GROUP BY article_number
)
SELECT
    a.number,
    a.name,
    p.quantity AS present,
    COALESCE(s.quantity, 0) AS sold_last_month,
    CASE WHEN a.order_quantity > a.reorder_level - p.quantity
         THEN a.order_quantity ELSE a.reorder_level - p.quantity END AS to_order
FROM article AS a
JOIN present AS p ON p.number = a.number
LEFT JOIN sold AS s ON s.article_number = a.number
WHERE p.quantity <= a.reorder_level
ORDER BY 1.0 * p.quantity / NULLIF(a.reorder_level, 0), a.number;
