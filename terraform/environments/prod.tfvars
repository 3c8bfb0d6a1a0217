# Production: redundant, recoverable for as long as AWS allows, and never emptied by a destroy.
budget_limit_usd               = 585
cdc_missing_data_is_alarm      = true
create_secretsmanager_endpoint = true
enable_s3_versioning           = true
environment                    = "prod"
force_destroy                  = false
kms_deletion_window_days       = 30
s3_access_logs_expiration_days = 365
s3_lifecycle_days              = 90
s3_logs_expiration_days        = 365
s3_noncurrent_version_days     = 30
secret_recovery_window_days    = 30
single_zone_endpoints          = false
vpc_cidr                       = "10.62.0.0/22"
