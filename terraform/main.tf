locals {
  account_id  = data.aws_caller_identity.current.account_id
  name_prefix = "${var.project_name}-${var.environment}"
  partition   = data.aws_partition.current.partition

  # Names come from what never changes in an environment, so that no other input can rename, and so replace, anything.
  access_logs_bucket_name    = "${var.project_name}-logs-${var.environment}-${local.account_id}"
  athena_workgroup_name      = local.name_prefix
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
# Phase 4: datasync
# ---------------------------------------------------------------------------------------------------------------

module "datasync" {
  source = "./modules/datasync"
  count  = var.enable_datasync ? 1 : 0

  account_id           = local.account_id
  agent_arns           = var.datasync_agent_arns
  bytes_per_second     = var.datasync_bytes_per_second
  create_log_policy    = var.datasync_create_log_policy
  custom_schedule      = var.datasync_custom_schedule
  exclude_patterns     = var.datasync_exclude_patterns
  include_patterns     = var.datasync_include_patterns
  kms_key_arn          = module.kms.key_arn
  lake_bucket_id       = module.s3.lake_bucket_id
  log_level            = var.datasync_log_level
  log_retention_days   = var.datasync_log_retention_days
  name_prefix          = local.name_prefix
  nfs_sources          = var.datasync_nfs_sources
  partition            = local.partition
  region               = var.region
  role_arn             = module.iam.datasync_role_arn
  schedule             = var.datasync_schedule
  source_location_arns = var.datasync_source_location_arns
  task_report          = var.datasync_task_report
}
