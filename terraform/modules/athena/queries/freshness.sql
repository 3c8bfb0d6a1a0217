-- When was each table last written, and how many rows does it hold?
SELECT 'auto_parts' AS table_name, max(_hoodie_commit_time) AS last_commit, count(*) AS row_count FROM auto_parts
UNION ALL
SELECT 'customers', max(_hoodie_commit_time), count(*) FROM customers
UNION ALL
SELECT 'sales_order', max(_hoodie_commit_time), count(*) FROM sales_order
UNION ALL
SELECT 'sales_order_parts', max(_hoodie_commit_time), count(*) FROM sales_order_parts
UNION ALL
SELECT 'sales_order_services', max(_hoodie_commit_time), count(*) FROM sales_order_services
UNION ALL
SELECT 'service', max(_hoodie_commit_time), count(*) FROM service
UNION ALL
SELECT 'service_parts', max(_hoodie_commit_time), count(*) FROM service_parts
ORDER BY last_commit
