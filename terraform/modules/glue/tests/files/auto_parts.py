# stands for the script of auto_parts
