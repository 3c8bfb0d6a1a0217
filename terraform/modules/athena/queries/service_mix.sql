-- Which kinds of service do we sell, and what do they earn?
SELECT
  coalesce(service.category, 'unknown') AS category,
  count(*) AS performed,
  sum(lines.labor_minutes) / 60 AS labor_hours,
  sum(lines.labor_cost) AS labor,
  sum(coalesce(lines.parts_cost, 0)) AS parts,
  sum(lines.line_total) AS revenue
FROM sales_order_services AS lines
LEFT JOIN service ON service.serviceid = lines.serviceid
GROUP BY coalesce(service.category, 'unknown')
ORDER BY revenue DESC
