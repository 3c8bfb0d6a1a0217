# Staging: production's shape with shorter memories; what it holds is deleted on purpose only.
budget_limit_usd               = 210
cdc_missing_data_is_alarm      = false
create_secretsmanager_endpoint = true
enable_s3_versioning           = true
environment                    = "staging"
force_destroy                  = false
kms_deletion_window_days       = 14
s3_access_logs_expiration_days = 30
s3_lifecycle_days              = 90
s3_logs_expiration_days        = 90
s3_noncurrent_version_days     = 7
secret_recovery_window_days    = 7
single_zone_endpoints          = true
vpc_cidr                       = "10.61.0.0/22"
