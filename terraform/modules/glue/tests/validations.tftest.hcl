mock_provider "aws" {}

variables {
  crawler_role_arn      = "arn:aws:iam::123456789012:role/autocorp-dev-glue-crawler"
  curated_database_name = "autocorp_dev_curated"
  job_role_arn          = "arn:aws:iam::123456789012:role/autocorp-dev-glue-job"
  kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_id        = "autocorp-datalake-dev-123456789012"
  library_path          = "tests/files/library.zip"
  metrics_namespace     = "autocorp/dev"
  name_prefix           = "autocorp-dev"
  raw_database_name     = "autocorp_dev_raw"
  scripts_path          = "tests/files"
}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    crawler_role_arn      = "autocorp-dev-glue-crawler"
    crawler_schedule      = "daily"
    csv_exports           = {}
    curated_database_name = "autocorp-dev"
    execution_class       = "CHEAP"
    glue_version          = "4.0"
    job_role_arn          = "autocorp-dev-glue-job"
    kms_key_arn           = "alias/autocorp-dev"
    lake_bucket_id        = "Data.Lake"
    library_path          = "dist/autocorp_glue.whl"
    lob_max_size_kb       = 0
    max_retries           = 10
    metrics_namespace     = "AWS/Glue"
    name_prefix           = "autocorp--dev"
    network = {
      availability_zone    = "us-east-1a"
      postgres_cidr_blocks = []
      postgres_port        = 5432
      s3_endpoint_exists   = false
      subnet_id            = "subnet-0123456789abcdef0"
      vpc_id               = "vpc-0123456789abcdef0"
    }
    number_of_workers      = 1
    quality_interval_hours = 0
    quality_rules          = { customers = [] }
    raw_database_name      = "Raw"
    refresh_schedule       = "cron(0/5 * * * * *)"
    s3_encryption          = "none"
    scripts_path           = ""
    source_schema          = "public;"
    tables                 = ["csv_customers"]
    timeout_minutes        = 2880
    worker_type            = "R.1X"
  }

  expect_failures = [
    var.crawler_role_arn,
    var.crawler_schedule,
    var.csv_exports,
    var.curated_database_name,
    var.execution_class,
    var.glue_version,
    var.job_role_arn,
    var.kms_key_arn,
    var.lake_bucket_id,
    var.library_path,
    var.lob_max_size_kb,
    var.max_retries,
    var.metrics_namespace,
    var.name_prefix,
    var.network,
    var.number_of_workers,
    var.quality_interval_hours,
    var.quality_rules,
    var.raw_database_name,
    var.refresh_schedule,
    var.s3_encryption,
    var.scripts_path,
    var.source_schema,
    var.tables,
    var.timeout_minutes,
    var.worker_type,
  ]
}
