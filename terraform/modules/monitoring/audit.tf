# Reading a secret is a management event, so a plain trail holds it and no data events need to be paid for. Its first
# copy of management events is free in each account and region: where the account has a trail already, leave this off.
resource "aws_cloudtrail" "audit" {
  # checkov:skip=CKV_AWS_67:The secret lives in one region, and so do its reads; a trail of all regions is the account's business.
  # checkov:skip=CKV_AWS_252:That topic would hear of every file delivered; the rule below tells of the reads themselves.
  # checkov:skip=CKV2_AWS_10:A second copy in CloudWatch Logs would be paid for; rules see the events without it, and the files are validated.
  count = var.audit_trail == null ? 0 : 1

  enable_log_file_validation = true
  is_multi_region_trail      = false
  kms_key_id                 = var.kms_key_arn
  name                       = var.audit_trail.name
  s3_bucket_name             = var.audit_trail.bucket_name
  s3_key_prefix              = "cloudtrail"

  # KMS alone would be nine events in ten here, and none of them says more than the call that caused it.
  event_selector {
    exclude_management_event_sources = ["kms.amazonaws.com"]
    include_management_events        = true
    read_write_type                  = "All"
  }

  tags = {
    Name = var.audit_trail.name
  }
}

# Everybody who reads the source's password, replication itself apart.
resource "aws_cloudwatch_event_rule" "secret_read" {
  count = var.audit_trail == null ? 0 : 1

  description = "Somebody other than replication has read the password of the source"
  event_pattern = jsonencode({
    source        = ["aws.secretsmanager"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource       = ["secretsmanager.amazonaws.com"]
      eventName         = ["GetSecretValue"]
      requestParameters = { secretId = [{ prefix = var.audit_trail.secret_arn_prefix }, var.audit_trail.secret_name] }
      # Present for roles only, and a user's read must be told as well: hence the second branch.
      "$or" = [
        { userIdentity = { sessionContext = { sessionIssuer = { arn = [{ "anything-but" = [var.audit_trail.reader_role_arn] }] } } } },
        { userIdentity = { sessionContext = { sessionIssuer = { arn = [{ exists = false }] } } } },
      ]
    }
  })
  name = "${var.name_prefix}-secret-read"
  # Reading events reach a rule in this state only.
  state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

  tags = {
    Name = "${var.name_prefix}-secret-read-rule"
  }
}

resource "aws_cloudwatch_event_target" "secret_read" {
  count = var.audit_trail == null ? 0 : 1

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.secret_read[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      address = "$.detail.sourceIPAddress"
      time    = "$.time"
      who     = "$.detail.userIdentity.arn"
    }
    input_template = "\"${var.name_prefix}: <who> has read the password of the source at <time> from <address>.\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
