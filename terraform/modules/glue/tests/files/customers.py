# stands for the script of customers
