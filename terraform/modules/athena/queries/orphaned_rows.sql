-- Which rows refer to something that is not there? Each count should be zero.
SELECT 'orders without customer' AS what, count(*) AS found
FROM sales_order AS orders
LEFT JOIN customers ON customers.customer_id = orders.customer_id
WHERE customers.customer_id IS NULL
UNION ALL
SELECT 'part lines without order', count(*)
FROM sales_order_parts AS lines
LEFT JOIN sales_order AS orders ON orders.order_id = lines.order_id
WHERE orders.order_id IS NULL
UNION ALL
SELECT 'service lines without order', count(*)
FROM sales_order_services AS lines
LEFT JOIN sales_order AS orders ON orders.order_id = lines.order_id
WHERE orders.order_id IS NULL
UNION ALL
SELECT 'service lines without service', count(*)
FROM sales_order_services AS lines
LEFT JOIN service ON service.serviceid = lines.serviceid
WHERE service.serviceid IS NULL
UNION ALL
SELECT 'part lines without part', count(*)
FROM sales_order_parts AS lines
LEFT JOIN auto_parts AS parts ON parts.sku = lines.sku
WHERE parts.sku IS NULL
