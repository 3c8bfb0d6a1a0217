-- Where do our customers live, and what do they spend?
SELECT
  coalesce(customers.state, 'unknown') AS state,
  count(DISTINCT customers.customer_id) AS customers,
  count(orders.order_id) AS orders,
  coalesce(sum(orders.total_amount), 0) AS revenue
FROM customers
LEFT JOIN sales_order AS orders ON orders.customer_id = customers.customer_id
GROUP BY coalesce(customers.state, 'unknown')
ORDER BY revenue DESC
