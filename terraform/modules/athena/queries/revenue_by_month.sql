-- What did we earn in each month, and with how many orders?
SELECT
  date_trunc('month', order_date) AS month,
  count(*) AS orders,
  sum(total_amount) AS revenue,
  sum(coalesce(tax, 0)) AS tax,
  round(avg(total_amount), 2) AS average_order
FROM sales_order
WHERE status = 'Completed'
GROUP BY date_trunc('month', order_date)
ORDER BY month DESC
