# stands for the script of evaluate_quality
