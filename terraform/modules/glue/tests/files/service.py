# stands for the script of service
