# stands for the script of csv_customers
