# stands for the script of csv_sales_orders
