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
  datasync               = var.enable_datasync ? { task_arns = module.datasync[0].task_arns } : null
  dms = var.enable_dms ? {
    instance_id      = module.dms[0].replication_instance_id
    replicating      = var.dms_start_replication
    task_resource_id = module.dms[0].replication_task_resource_identifier
  } : null
  glue = var.enable_glue ? {
    crawler_names  = var.enable_glue_crawlers ? [module.glue[0].raw_csv_crawler_name, module.glue[0].raw_database_crawler_name] : []
    job_names      = concat(values(module.glue[0].job_names), [module.glue[0].quality_job_name, module.glue[0].refresh_job_name])
    workgroup_name = local.athena_workgroup_name
  } : null
  kms_key_arn           = module.kms.key_arn
  lake_bucket_name      = local.lake_bucket_name
  missing_data_is_alarm = var.cdc_missing_data_is_alarm
  name_prefix           = local.name_prefix
  partition             = local.partition
  region                = var.region
  topic_name            = local.alarm_topic_name
}

# ---------------------------------------------------------------------------------------------------------------
# Phase 2: catalog, jobs and queries
# ---------------------------------------------------------------------------------------------------------------

module "glue" {
  source = "./modules/glue"
  count  = var.enable_glue ? 1 : 0

  crawler_role_arn      = module.iam.glue_crawler_role_arn
  crawler_schedule      = var.glue_crawler_schedule
  crawlers_enabled      = var.enable_glue_crawlers
  curated_database_name = local.glue_curated_database_name
  execution_class       = var.glue_execution_class
  glue_version          = var.glue_version
  job_role_arn          = module.iam.glue_role_arn
  kms_key_arn           = module.kms.key_arn
  lake_bucket_id        = module.s3.lake_bucket_id
  library_path          = "${path.root}/../glue_scripts/dist/autocorp_glue.zip"
  lob_max_size_kb       = var.dms_lob_max_size_kb
  metrics_namespace     = local.metrics_namespace
  name_prefix           = local.name_prefix
  network = var.create_vpc || var.vpc_id != null ? {
    availability_zone    = module.network.subnet_zones[0]
    postgres_cidr_blocks = toset(var.postgres_cidr_blocks)
    postgres_port        = var.postgres_port
    s3_endpoint_exists   = var.create_s3_endpoint
    s3_prefix_list_id    = module.network.s3_prefix_list_id
    subnet_id            = module.network.subnet_ids[0]
    vpc_id               = module.network.vpc_id
  } : null
  number_of_workers = var.glue_number_of_workers
  raw_database_name = local.glue_raw_database_name
  refresh_enabled   = var.glue_refresh_enabled
  refresh_schedule  = var.glue_refresh_schedule
  s3_encryption     = var.s3_encryption
  scripts_path      = "${path.root}/../glue_scripts/jobs"
  timeout_minutes   = var.glue_job_timeout_minutes
  worker_type       = var.glue_worker_type
}

module "athena" {
  source = "./modules/athena"
  count  = var.enable_glue ? 1 : 0

  account_id            = local.account_id
  curated_database_name = module.glue[0].catalog_database_name
  force_destroy         = var.force_destroy
  kms_key_arn           = module.kms.key_arn
  lake_bucket_id        = module.s3.lake_bucket_id
  name_prefix           = local.name_prefix
  s3_encryption         = var.s3_encryption
  scan_limit_gb         = var.athena_scan_limit_gb
  workgroup_name        = local.athena_workgroup_name
}

# ---------------------------------------------------------------------------------------------------------------
# Phase 3: replication
# ---------------------------------------------------------------------------------------------------------------

module "dms" {
  source = "./modules/dms"
  count  = var.enable_dms ? 1 : 0

  account_id                     = local.account_id
  allocated_storage_gb           = var.dms_allocated_storage_gb
  apply_immediately              = var.dms_apply_immediately
  ca_certificate_pem             = var.postgres_ca_certificate_pem
  cdc_max_batch_interval_seconds = var.dms_cdc_max_batch_interval_seconds
  encryption                     = var.s3_encryption
  engine_version                 = var.dms_engine_version
  event_topic_arn                = module.monitoring.topic_arn
  heartbeat_schema               = var.dms_heartbeat_schema
  instance_class                 = var.dms_instance_class
  kms_key_arn                    = module.kms.key_arn
  lake_bucket_name               = module.s3.lake_bucket_id
  lob_max_size_kb                = var.dms_lob_max_size_kb
  log_retention_days             = var.dms_log_retention_days
  maintenance_window             = var.dms_maintenance_window
  multi_az                       = var.dms_multi_az
  name_prefix                    = local.name_prefix
  notify                         = true
  postgres_database              = var.postgres_database
  s3_writer_role_arn             = module.iam.dms_role_arn
  secret_arn                     = module.secrets.secret_arn
  secret_reader_role_arn         = module.iam.dms_secret_reader_role_arn
  security_group_ids             = compact([module.network.dms_security_group_id])
  source_schema                  = var.postgres_schema
  ssl_mode                       = var.postgres_ssl_mode
  start_replication              = var.dms_start_replication
  subnet_ids                     = module.network.subnet_ids
  tables                         = var.postgres_tables

  # The account-wide roles, with what they are allowed to do: DMS looks for them by name before it touches a network.
  # And the ways to S3, the secret and the source, which the instance needs from its first minute.
  depends_on = [module.iam, module.network, module.secrets]
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
