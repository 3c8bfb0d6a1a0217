# What every environment shares. Terraform reads this file by itself; environments/NAME.tfvars come on top of it.
postgres_database = "autocorp"
postgres_port     = 5432
postgres_username = "dms_replication"
project_name      = "autocorp"
region            = "us-east-1"
