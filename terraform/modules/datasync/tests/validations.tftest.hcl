mock_provider "aws" {}

variables {
  account_id     = "123456789012"
  agent_arns     = ["arn:aws:datasync:eu-west-1:123456789012:agent/agent-0123456789abcdef0"]
  kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_id = "autocorp-datalake-dev-123456789012"
  name_prefix    = "autocorp-dev"
  region         = "eu-west-1"
  role_arn       = "arn:aws:iam::123456789012:role/autocorp-dev-datasync"
}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    account_id         = "1234"
    bytes_per_second   = 1000
    exclude_patterns   = ["tmp|part"]
    include_patterns   = { customers = "customers.csv" }
    kms_key_arn        = "alias/autocorp-dev"
    lake_bucket_id     = "Data.Lake"
    log_level          = "DEBUG"
    log_retention_days = 31
    name_prefix        = "autocorp--dev"
    nfs_sources        = { customers = { server_hostname = "nfs://files", subdirectory = "exports" } }
    partition          = "azure"
    region             = "Frankfurt"
    role_arn           = "datasync"
    schedule           = "weekly"
    task_report        = "html"
  }

  expect_failures = [
    var.account_id,
    var.bytes_per_second,
    var.exclude_patterns,
    var.include_patterns,
    var.kms_key_arn,
    var.lake_bucket_id,
    var.log_level,
    var.log_retention_days,
    var.name_prefix,
    var.nfs_sources,
    var.partition,
    var.region,
    var.role_arn,
    var.schedule,
    var.task_report,
  ]
}

run "an_export_has_one_source_and_a_name_that_is_known" {
  command = plan

  variables {
    nfs_sources          = { customers = { server_hostname = "files", subdirectory = "/exports/" } }
    schedule             = "custom"
    source_location_arns = { customers = "arn:aws:datasync:eu-west-1:123456789012:location/loc-0123456789abcdef0" }
  }

  expect_failures = [
    var.schedule,
    var.source_location_arns,
  ]
}

run "an_unknown_export_is_refused" {
  command = plan

  variables {
    nfs_sources = { invoices = { server_hostname = "files", subdirectory = "/exports/" } }
  }

  expect_failures = [var.nfs_sources]
}

run "a_share_needs_an_agent" {
  command = plan

  variables {
    agent_arns  = []
    nfs_sources = { customers = { server_hostname = "files", subdirectory = "/exports/" } }
  }

  expect_failures = [var.nfs_sources]
}

run "a_schedule_and_a_location_have_their_shapes" {
  command = plan

  variables {
    custom_schedule      = "cron(0/30 * * * ? *)"
    source_location_arns = { customers = "loc-0123456789abcdef0" }
  }

  expect_failures = [
    var.custom_schedule,
    var.source_location_arns,
  ]
}

run "an_agent_has_its_shape" {
  command = plan

  variables {
    agent_arns = ["agent-0123456789abcdef0"]
  }

  expect_failures = [var.agent_arns]
}
