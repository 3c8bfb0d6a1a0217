mock_provider "aws" {}

variables {
  account_id                 = "123456789012"
  athena_workgroup_name      = "autocorp-dev"
  glue_curated_database_name = "autocorp_dev_curated"
  glue_raw_database_name     = "autocorp_dev_raw"
  kms_key_alias              = "alias/autocorp-dev"
  lake_bucket_name           = "autocorp-datalake-dev-123456789012"
  metrics_namespace          = "autocorp/dev"
  name_prefix                = "autocorp-dev"
  region                     = "eu-west-1"
  secret_name                = "autocorp/dev/postgres/password"
}

run "every_service_is_trusted_for_this_account_and_its_own_resources_only" {
  command = plan

  assert {
    condition = jsonencode({
      for role in [aws_iam_role.datasync, aws_iam_role.dms, aws_iam_role.dms_secret_reader, aws_iam_role.glue, aws_iam_role.glue_crawler] :
      role.name => [for statement in jsondecode(role.assume_role_policy).Statement : [
        statement.Principal.Service, statement.Condition.StringEquals["aws:SourceAccount"], statement.Condition.ArnLike["aws:SourceArn"],
      ]]
      }) == jsonencode({
      autocorp-dev-datasync          = [["datasync.amazonaws.com", "123456789012", "arn:aws:datasync:eu-west-1:123456789012:*"]]
      autocorp-dev-dms-s3-writer     = [["dms.amazonaws.com", "123456789012", "arn:aws:dms:eu-west-1:123456789012:*"]]
      autocorp-dev-dms-secret-reader = [["dms.eu-west-1.amazonaws.com", "123456789012", "arn:aws:dms:eu-west-1:123456789012:*"]]
      autocorp-dev-glue-crawler      = [["glue.amazonaws.com", "123456789012", "arn:aws:glue:eu-west-1:123456789012:*"]]
      autocorp-dev-glue-job          = [["glue.amazonaws.com", "123456789012", "arn:aws:glue:eu-west-1:123456789012:*"]]
    })
    error_message = "A role is trusted to somebody else."
  }
}

run "each_role_has_its_policy_and_every_policy_is_known_at_plan" {
  command = plan

  assert {
    condition = jsonencode({
      for policy in [aws_iam_role_policy.datasync, aws_iam_role_policy.dms, aws_iam_role_policy.dms_secret_reader, aws_iam_role_policy.glue, aws_iam_role_policy.glue_crawler] :
      policy.role => [for statement in jsondecode(policy.policy).Statement : statement.Sid]
      }) == jsonencode({
      autocorp-dev-datasync          = ["LookAtTheBucket", "ListRawCsv", "WriteAndVerifyRawCsv", "WriteTaskReports", "EncryptObjects"]
      autocorp-dev-dms-s3-writer     = ["WriteRawDatabase", "ListRawDatabase", "LocateBucket", "EncryptObjects"]
      autocorp-dev-dms-secret-reader = ["ReadTheSecret", "DecryptTheSecret"]
      autocorp-dev-glue-crawler      = ["ReadRaw", "ListRaw", "LocateBucket", "DescribeRawInTheCatalog", "ReadEncryptionSettings", "WriteLogs", "DecryptObjects"]
      autocorp-dev-glue-job = [
        "ReadRawAndScripts", "WriteWhatTheJobsOwn", "ListWhatTheJobsReadAndWrite", "LocateBucket", "KeepTheCatalog",
        "SparkAsksForTheDefaultDatabase", "LookUpFunctions", "ReadBookmarks", "EvaluateItsRulesets", "FollowEvaluations",
        "HandItselfToQualityEvaluations", "ReadEncryptionSettings", "WriteLogs", "PublishMetrics", "UseTheKey",
      ]
    })
    error_message = "A role has another policy than its own."
  }
}

run "the_account_wide_roles_have_the_names_that_dms_looks_for" {
  command = plan

  assert {
    condition     = aws_iam_role.dms_vpc[0].name == "dms-vpc-role" && aws_iam_role.dms_cloudwatch_logs[0].name == "dms-cloudwatch-logs-role"
    error_message = "DMS looks for these names."
  }

  assert {
    condition     = jsondecode(aws_iam_role.dms_vpc[0].assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:dms:*:123456789012:*"
    error_message = "They serve every region of the account."
  }

  assert {
    condition     = endswith(aws_iam_role_policy_attachment.dms_vpc[0].policy_arn, ":policy/service-role/AmazonDMSVPCManagementRole") && endswith(aws_iam_role_policy_attachment.dms_cloudwatch_logs[0].policy_arn, ":policy/service-role/AmazonDMSCloudWatchLogsRole")
    error_message = "Each has the one policy that AWS made for it."
  }

  assert {
    condition     = length(aws_iam_role.athena_analyst) == 0 && length(aws_iam_role.s3_replication) == 0 && output.athena_analyst_role_arn == null && output.s3_replication_role_arn == null
    error_message = "Roles that nobody asked for are not made."
  }
}

run "another_state_may_own_the_account_wide_roles" {
  command = plan

  variables {
    create_dms_account_roles = false
  }

  assert {
    condition     = length(aws_iam_role.dms_vpc) + length(aws_iam_role.dms_cloudwatch_logs) + length(aws_iam_role_policy_attachment.dms_vpc) + length(aws_iam_role_policy_attachment.dms_cloudwatch_logs) == 0 && length(output.dms_account_role_names) == 0
    error_message = "Nothing account-wide is made when it belongs to another state."
  }
}

run "analysts_are_named_people_and_never_read_raw" {
  command = plan

  variables {
    athena_analyst_principals = ["arn:aws:iam::123456789012:role/analysts", "210987654321"]
  }

  assert {
    condition     = jsonencode(jsondecode(aws_iam_role.athena_analyst[0].assume_role_policy).Statement[0].Principal.AWS) == jsonencode(["210987654321", "arn:aws:iam::123456789012:role/analysts"])
    error_message = "Exactly the named principals are trusted."
  }

  assert {
    condition     = length([for statement in jsondecode(aws_iam_role_policy.athena_analyst[0].policy).Statement : statement if statement.Effect == "Deny" && try(endswith(statement.Resource, "/raw/*"), false)]) == 1
    error_message = "Analysts are denied raw, whatever else they are given."
  }
}

run "replication_may_use_both_keys" {
  command = plan

  variables {
    replication = {
      bucket_arn  = "arn:aws:s3:::autocorp-copy"
      kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
      region      = "eu-central-1"
    }
  }

  assert {
    condition     = jsonencode([for statement in jsondecode(aws_iam_role_policy.s3_replication[0].policy).Statement : statement.Condition.StringEquals["kms:ViaService"] if can(statement.Condition)]) == jsonencode(["s3.eu-west-1.amazonaws.com", "s3.eu-central-1.amazonaws.com"])
    error_message = "One key is used here, the other where the copy lives."
  }
}

run "a_copy_without_a_key_needs_no_permission_for_one" {
  command = plan

  variables {
    replication = { bucket_arn = "arn:aws:s3:::autocorp-copy" }
  }

  assert {
    condition     = !contains([for statement in jsondecode(aws_iam_role_policy.s3_replication[0].policy).Statement : statement.Sid], "EncryptReplicas")
    error_message = "There is no key to encrypt with."
  }
}
