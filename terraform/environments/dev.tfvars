# Development: cheap, short-lived, gone without a trace after destroy.
budget_limit_usd               = 95
cdc_missing_data_is_alarm      = false
create_secretsmanager_endpoint = true
enable_s3_versioning           = true
environment                    = "dev"
force_destroy                  = true
kms_deletion_window_days       = 7
s3_access_logs_expiration_days = 14
s3_lifecycle_days              = 0
s3_logs_expiration_days        = 30
s3_noncurrent_version_days     = 3
secret_recovery_window_days    = 0
single_zone_endpoints          = true
vpc_cidr                       = "10.60.0.0/22"
