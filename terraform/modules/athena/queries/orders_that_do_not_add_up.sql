-- Which orders differ from the sum of their lines by more than a cent?
WITH lines AS (
  SELECT order_id, line_total FROM sales_order_parts
  UNION ALL
  SELECT order_id, line_total FROM sales_order_services
),
totals AS (
  SELECT order_id, sum(line_total) AS of_lines FROM lines GROUP BY order_id
)
SELECT
  orders.order_id,
  orders.order_date,
  orders.subtotal,
  totals.of_lines,
  orders.subtotal - totals.of_lines AS difference
FROM sales_order AS orders
JOIN totals ON totals.order_id = orders.order_id
WHERE abs(orders.subtotal - totals.of_lines) > 0.01
ORDER BY abs(orders.subtotal - totals.of_lines) DESC
LIMIT 1000
