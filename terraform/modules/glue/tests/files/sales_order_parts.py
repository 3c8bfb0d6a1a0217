# stands for the script of sales_order_parts
