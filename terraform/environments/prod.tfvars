# Production: redundant, recoverable for as long as AWS allows, and never emptied by a destroy.
athena_scan_limit_gb           = 1000
create_secretsmanager_endpoint = true
enable_s3_versioning           = true
environment                    = "prod"
force_destroy                  = false
glue_execution_class           = "STANDARD"
glue_job_timeout_minutes       = 60
glue_refresh_enabled           = true
glue_refresh_schedule          = "cron(0/5 * * * ? *)"
kms_deletion_window_days       = 30
s3_access_logs_expiration_days = 365
s3_lifecycle_days              = 90
s3_logs_expiration_days        = 365
s3_noncurrent_version_days     = 30
secret_recovery_window_days    = 30
single_zone_endpoints          = false
vpc_cidr                       = "10.62.0.0/22"
