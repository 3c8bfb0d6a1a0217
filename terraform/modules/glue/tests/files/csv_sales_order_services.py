# stands for the script of csv_sales_order_services
