mock_provider "aws" {}

run "each_input_refuses_what_iam_would_refuse" {
  command = plan

  variables {
    account_id                 = "account"
    athena_analyst_principals  = ["*"]
    athena_workgroup_name      = "work group"
    glue_curated_database_name = "autocorp-dev-curated"
    glue_raw_database_name     = "Autocorp_raw"
    kms_key_alias              = "autocorp-dev"
    lake_bucket_name           = "x"
    metrics_namespace          = "AWS/Glue"
    name_prefix                = "a123456789012345678901234567890123456789012"
    partition                  = "AWS"
    region                     = "us-east"
    replication                = { bucket_arn = "autocorp-copy" }
    secret_name                = "a secret"
  }

  expect_failures = [
    var.account_id,
    var.athena_analyst_principals,
    var.athena_workgroup_name,
    var.glue_curated_database_name,
    var.glue_raw_database_name,
    var.kms_key_alias,
    var.lake_bucket_name,
    var.metrics_namespace,
    var.name_prefix,
    var.partition,
    var.region,
    var.replication,
    var.secret_name,
  ]
}
