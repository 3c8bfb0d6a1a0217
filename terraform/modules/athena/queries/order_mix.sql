-- How do orders split into parts, services and both, and how are they paid?
SELECT
  order_type,
  payment_method,
  count(*) AS orders,
  sum(total_amount) AS revenue,
  round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share_of_orders
FROM sales_order
GROUP BY order_type, payment_method
ORDER BY orders DESC
