-- Which fifty parts sell best, by revenue?
SELECT
  lines.sku,
  coalesce(max(parts.name), max(lines.part_description)) AS name,
  max(parts.vendor) AS vendor,
  sum(lines.quantity) AS sold,
  sum(lines.line_total) AS revenue,
  count(DISTINCT lines.order_id) AS orders
FROM sales_order_parts AS lines
LEFT JOIN auto_parts AS parts ON parts.sku = lines.sku
GROUP BY lines.sku
ORDER BY revenue DESC
LIMIT 50
