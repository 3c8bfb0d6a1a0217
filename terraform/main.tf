locals {
  account_id  = data.aws_caller_identity.current.account_id
  name_prefix = "${var.project_name}-${var.environment}"
  partition   = data.aws_partition.current.partition

  # Names come from what never changes in an environment, so that no other input can rename, and so replace, anything.
  access_logs_bucket_name    = "${var.project_name}-logs-${var.environment}-${local.account_id}"
  alarm_topic_arn            = "arn:${local.partition}:sns:${var.region}:${local.account_id}:${local.alarm_topic_name}"
  alarm_topic_name           = "${local.name_prefix}-alarms"
  athena_workgroup_name      = local.name_prefix
  audit_trail_arn            = var.enable_secret_audit_trail ? "arn:${local.partition}:cloudtrail:${var.region}:${local.account_id}:trail/${local.audit_trail_name}" : null
  audit_trail_name           = "${local.name_prefix}-audit"
  glue_curated_database_name = replace("${var.project_name}_${var.environment}_curated", "-", "_")
  glue_raw_database_name     = replace("${var.project_name}_${var.environment}_raw", "-", "_")
  lake_bucket_name           = coalesce(var.data_lake_bucket_name, "${var.project_name}-datalake-${var.environment}-${local.account_id}")
  metrics_namespace          = "${var.project_name}/${var.environment}"
  secret_name                = "${var.project_name}/${var.environment}/postgres/password"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# ---------------------------------------------------------------------------------------------------------------
# Phase 1: foundation
# ---------------------------------------------------------------------------------------------------------------

module "kms" {
  source = "./modules/kms"

  account_id           = local.account_id
  alarm_topic_arn      = local.alarm_topic_arn
  audit_trail_arn      = local.audit_trail_arn
  deletion_window_days = var.kms_deletion_window_days
  name_prefix          = local.name_prefix
  partition            = local.partition
  region               = var.region
}

module "s3" {
  source = "./modules/s3"

  abort_multipart_days        = var.s3_abort_multipart_days
  access_logs_bucket_name     = local.access_logs_bucket_name
  access_logs_expiration_days = var.s3_access_logs_expiration_days
  account_id                  = local.account_id
  audit_trail_arn             = local.audit_trail_arn
  cors_rules                  = var.s3_cors_rules
  encryption                  = var.s3_encryption
  force_destroy               = var.force_destroy
  intelligent_tiering_zones   = var.s3_intelligent_tiering_zones
  kms_key_arn                 = module.kms.key_arn
  lake_bucket_name            = local.lake_bucket_name
  logs_expiration_days        = var.s3_logs_expiration_days
  noncurrent_version_days     = var.s3_noncurrent_version_days
  partition                   = local.partition
  raw_archive_days            = var.s3_lifecycle_days
  raw_noncurrent_version_days = var.s3_raw_noncurrent_version_days
  replication                 = var.s3_replication
  replication_role_arn        = module.iam.s3_replication_role_arn
  tmp_expiration_days         = var.s3_tmp_expiration_days
  versioning_enabled          = var.enable_s3_versioning
}

module "iam" {
  source = "./modules/iam"

  account_id                 = local.account_id
  athena_analyst_principals  = var.athena_analyst_principals
  athena_workgroup_name      = local.athena_workgroup_name
  create_dms_account_roles   = var.create_dms_account_roles
  glue_curated_database_name = local.glue_curated_database_name
  glue_raw_database_name     = local.glue_raw_database_name
  kms_key_alias              = module.kms.key_alias
  lake_bucket_name           = local.lake_bucket_name
  metrics_namespace          = local.metrics_namespace
  name_prefix                = local.name_prefix
  partition                  = local.partition
  region                     = var.region
  replication                = var.s3_replication
  secret_name                = local.secret_name
}

module "secrets" {
  source = "./modules/secrets"

  kms_key_arn               = module.kms.key_arn
  name_prefix               = local.name_prefix
  postgres_database         = var.postgres_database
  postgres_host             = var.postgres_host
  postgres_password         = var.postgres_password
  postgres_password_counter = var.postgres_password_counter
  postgres_port             = var.postgres_port
  postgres_username         = var.postgres_username
  recovery_window_days      = var.secret_recovery_window_days
  secret_name               = local.secret_name
}

module "network" {
  source = "./modules/network"

  availability_zones             = var.availability_zones
  create_datasync_endpoint       = var.create_datasync_endpoint
  create_s3_endpoint             = var.create_s3_endpoint
  create_secretsmanager_endpoint = var.create_secretsmanager_endpoint
  create_vpc                     = var.create_vpc
  datasync_agent_cidr_blocks     = var.datasync_agent_cidr_blocks
  name_prefix                    = local.name_prefix
  postgres_cidr_blocks           = var.postgres_cidr_blocks
  postgres_port                  = var.postgres_port
  region                         = var.region
  route_table_ids                = var.route_table_ids
  single_zone_endpoints          = var.single_zone_endpoints
  subnet_ids                     = var.subnet_ids
  vpc_cidr                       = var.vpc_cidr
  vpc_id                         = var.vpc_id
}

# ---------------------------------------------------------------------------------------------------------------
# All phases: who is told, what it costs
# ---------------------------------------------------------------------------------------------------------------

module "monitoring" {
  source = "./modules/monitoring"

  account_id            = local.account_id
  alarm_email_addresses = var.alarm_email_addresses
  audit_trail = var.enable_secret_audit_trail ? {
    bucket_name       = module.s3.audit_bucket_id
    name              = local.audit_trail_name
    reader_role_arn   = module.iam.dms_secret_reader_role_arn
    secret_arn_prefix = "arn:${local.partition}:secretsmanager:${var.region}:${local.account_id}:secret:${local.secret_name}-"
    secret_name       = local.secret_name
  } : null
  budget_environment_tag = var.budget_by_environment_tag ? var.environment : null
  budget_limit_usd       = var.budget_limit_usd
  cdc_latency_seconds    = var.cdc_latency_alarm_seconds
  kms_key_arn            = module.kms.key_arn
  lake_bucket_name       = local.lake_bucket_name
  missing_data_is_alarm  = var.cdc_missing_data_is_alarm
  name_prefix            = local.name_prefix
  partition              = local.partition
  region                 = var.region
  topic_name             = local.alarm_topic_name
}
