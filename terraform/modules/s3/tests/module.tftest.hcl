mock_provider "aws" {}

variables {
  access_logs_bucket_name = "autocorp-logs-dev-123456789012"
  account_id              = "123456789012"
  kms_key_arn             = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_name        = "autocorp-datalake-dev-123456789012"
}

run "both_buckets_are_closed_and_versioned" {
  command = plan

  assert {
    condition = alltrue([
      for block in [aws_s3_bucket_public_access_block.lake, aws_s3_bucket_public_access_block.access_logs] :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "Public access must be blocked in all four ways."
  }

  assert {
    condition = alltrue([
      for control in [aws_s3_bucket_ownership_controls.lake, aws_s3_bucket_ownership_controls.access_logs] :
      control.rule[0].object_ownership == "BucketOwnerEnforced"
    ])
    error_message = "ACLs must be off."
  }

  assert {
    condition     = aws_s3_bucket_versioning.lake.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_versioning.access_logs.versioning_configuration[0].status == "Enabled"
    error_message = "Versioning is on unless asked otherwise."
  }

  assert {
    condition     = !aws_s3_bucket.lake.force_destroy && !aws_s3_bucket.access_logs.force_destroy
    error_message = "Nothing is emptied by destroy unless asked for."
  }

  assert {
    condition     = jsonencode(output.zone_prefixes) == jsonencode({ raw = "raw/", curated = "curated/", quarantine = "quarantine/", logs = "logs/", scripts = "scripts/", tmp = "tmp/" })
    error_message = "The zones are raw, curated, quarantine, logs, scripts, tmp."
  }
}

run "the_lake_is_encrypted_with_the_key_and_access_logs_are_not" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.lake.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn && one(aws_s3_bucket_server_side_encryption_configuration.lake.rule).bucket_key_enabled
    error_message = "SSE-KMS with a bucket key is the default."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.access_logs.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "S3 delivers no access logs under SSE-KMS."
  }
}

run "only_raw_is_archived_and_only_logs_and_tmp_expire" {
  command = plan

  assert {
    condition     = jsonencode({ for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : rule.id => one(rule.transition).storage_class if length(rule.transition) > 0 }) == jsonencode({ zone-raw = "GLACIER" })
    error_message = "Something else than raw is archived."
  }

  assert {
    condition     = jsonencode({ for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : rule.id => one(rule.expiration).days if startswith(rule.id, "zone-") && length(rule.expiration) > 0 }) == jsonencode({ zone-logs = 365, zone-tmp = 7 })
    error_message = "Current objects of a zone that is kept would expire."
  }

  assert {
    condition = jsonencode({ for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : rule.id => one(rule.noncurrent_version_expiration).noncurrent_days if length(rule.noncurrent_version_expiration) > 0 }) == jsonencode({
      zone-raw = 7, zone-curated = 30, zone-quarantine = 30, zone-logs = 30, zone-scripts = 30, zone-tmp = 30
    })
    error_message = "Old versions of each zone expire, of raw after 7 days."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : one(rule.abort_incomplete_multipart_upload).days_after_initiation if length(rule.abort_incomplete_multipart_upload) > 0]) == 7
    error_message = "Unfinished uploads go after 7 days, in the whole bucket."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : length(rule.filter) == 1 && rule.status == "Enabled"])
    error_message = "A rule without a filter is deprecated."
  }
}

run "the_policies_shut_out_plain_http_and_other_accounts" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [aws_s3_bucket_policy.lake.policy, aws_s3_bucket_policy.access_logs.policy] :
      length([for statement in jsondecode(policy).Statement : statement if statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" && statement.Action == "s3:*"]) == 1 &&
      length([for statement in jsondecode(policy).Statement : statement if statement.Effect == "Deny" && try(statement.Condition.StringNotEquals["aws:PrincipalAccount"], "") == "123456789012"]) == 1
    ])
    error_message = "A bucket policy lacks one of the two denials."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_s3_bucket_policy.access_logs.policy).Statement : statement.Resource if statement.Effect == "Allow"]) == "arn:aws:s3:::autocorp-logs-dev-123456789012/s3/*"
    error_message = "Log delivery may write its own prefix only."
  }

  assert {
    condition     = aws_s3_bucket_logging.lake.target_prefix == "s3/"
    error_message = "Logs go where the policy lets them."
  }
}

run "only_the_right_key_is_accepted" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(aws_s3_bucket_policy.lake.policy).Statement : statement.Condition.StringNotEquals["s3:x-amz-server-side-encryption-aws-kms-key-id"] if statement.Sid == "DenyOtherKeys"]) == var.kms_key_arn
    error_message = "Objects under another key would be accepted."
  }
}

run "sse_s3_without_versions_or_archive_is_a_choice" {
  command = plan

  variables {
    encryption                = "SSE-S3"
    intelligent_tiering_zones = ["raw", "curated"]
    logs_expiration_days      = 0
    raw_archive_days          = 0
    versioning_enabled        = false
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.lake.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "SSE-S3 means AES256."
  }

  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.lake.policy).Statement : statement.Sid] == ["DenyInsecureTransport", "DenyOtherAccounts", "DenyOtherEncryption"]
    error_message = "Without a key of ours there is no right key to insist on."
  }

  assert {
    condition     = jsonencode({ for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : rule.id => one(rule.transition).storage_class if length(rule.transition) > 0 }) == jsonencode({ zone-curated = "INTELLIGENT_TIERING", zone-raw = "INTELLIGENT_TIERING" })
    error_message = "The named zones go into Intelligent-Tiering, nothing goes to Glacier."
  }

  assert {
    condition     = jsonencode({ for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : rule.id => one(rule.expiration).days if startswith(rule.id, "zone-") && length(rule.expiration) > 0 }) == jsonencode({ zone-tmp = 7 })
    error_message = "Logs with 0 days are kept."
  }

  assert {
    condition     = aws_s3_bucket_versioning.lake.versioning_configuration[0].status == "Suspended"
    error_message = "Off is called Suspended, which a bucket can change to at any time."
  }
}

run "cors_and_replication_are_off" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.lake) == 0 && length(aws_s3_bucket_replication_configuration.lake) == 0
    error_message = "Options must be asked for."
  }
}

run "cors_and_replication_can_be_asked_for" {
  command = plan

  variables {
    cors_rules = [{ allowed_methods = ["GET"], allowed_origins = ["https://reports.example.com"] }]
    replication = {
      account_id  = "210987654321"
      bucket_arn  = "arn:aws:s3:::autocorp-copy"
      kms_key_arn = "arn:aws:kms:us-west-2:210987654321:key/11111111-1111-1111-1111-111111111111"
      zones       = ["curated", "raw"]
    }
    replication_role_arn = "arn:aws:iam::123456789012:role/autocorp-dev-s3-replication"
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.lake[0].cors_rule).max_age_seconds == 3000
    error_message = "A rule is filled with its defaults."
  }

  assert {
    condition     = jsonencode({ for rule in aws_s3_bucket_replication_configuration.lake[0].rule : rule.filter[0].prefix => rule.priority }) == jsonencode({ "curated/" = 0, "raw/" = 1 })
    error_message = "One rule per zone, each with a priority of its own."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_replication_configuration.lake[0].rule :
      rule.destination[0].account == "210987654321" && rule.destination[0].access_control_translation[0].owner == "Destination" &&
      rule.source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled" && rule.delete_marker_replication[0].status == "Disabled"
    ])
    error_message = "A copy in another account belongs to it, encrypted objects are copied, deletions are not."
  }
}

run "a_trail_writes_below_its_own_prefix_where_there_is_one" {
  command = plan

  variables {
    audit_trail_arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/autocorp-dev-audit"
  }

  assert {
    condition = { for statement in jsondecode(aws_s3_bucket_policy.access_logs.policy).Statement : statement.Resource => statement.Action if try(statement.Principal.Service, "") == "cloudtrail.amazonaws.com" } == {
      "arn:aws:s3:::autocorp-logs-dev-123456789012"                                   = "s3:GetBucketAcl"
      "arn:aws:s3:::autocorp-logs-dev-123456789012/cloudtrail/AWSLogs/123456789012/*" = "s3:PutObject"
    }
    error_message = "CloudTrail looks at the bucket and writes this account's records, nothing else."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.access_logs.policy).Statement : statement.Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudtrail:us-east-1:123456789012:trail/autocorp-dev-audit" if try(statement.Principal.Service, "") == "cloudtrail.amazonaws.com"])
    error_message = "Another trail could write here."
  }
}
