-- Which orders of the CSV export does replication not know, month by month?
SELECT
  date_trunc('month', exported.order_date) AS month,
  count(*) AS orders,
  sum(exported.total_amount) AS revenue
FROM csv_sales_orders AS exported
LEFT JOIN sales_order AS replicated ON cast(replicated.order_id AS varchar) = cast(exported.order_id AS varchar)
WHERE replicated.order_id IS NULL
GROUP BY date_trunc('month', exported.order_date)
ORDER BY month DESC
