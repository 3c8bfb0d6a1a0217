# stands for the script of refresh_all
