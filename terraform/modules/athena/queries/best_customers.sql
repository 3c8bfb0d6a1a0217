-- Who are our hundred best customers, and when did they last buy?
SELECT
  customers.customer_id,
  customers.first_name,
  customers.last_name,
  customers.state,
  count(*) AS orders,
  sum(orders.total_amount) AS revenue,
  max(orders.order_date) AS last_order
FROM sales_order AS orders
JOIN customers ON customers.customer_id = orders.customer_id
GROUP BY customers.customer_id, customers.first_name, customers.last_name, customers.state
ORDER BY revenue DESC
LIMIT 100
