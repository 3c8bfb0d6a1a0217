mock_provider "aws" {}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    account_id            = "1234"
    curated_database_name = "autocorp-dev"
    kms_key_arn           = "alias/autocorp-dev"
    lake_bucket_id        = "Data.Lake"
    name_prefix           = "autocorp--dev"
    s3_encryption         = "none"
    scan_limit_gb         = 0
    workgroup_name        = "auto corp"
  }

  expect_failures = [
    var.account_id,
    var.curated_database_name,
    var.kms_key_arn,
    var.lake_bucket_id,
    var.name_prefix,
    var.s3_encryption,
    var.scan_limit_gb,
    var.workgroup_name,
  ]
}
