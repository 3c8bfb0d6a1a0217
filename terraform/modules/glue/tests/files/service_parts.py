# stands for the script of service_parts
