locals {
  # Built from names, never read from resources: so every policy is known, and can be reviewed, before anything exists.
  bucket_arn = "arn:${var.partition}:s3:::${var.lake_bucket_name}"
  role_names = {
    athena_analyst    = "${var.name_prefix}-athena-analyst"
    datasync          = "${var.name_prefix}-datasync"
    dms               = "${var.name_prefix}-dms-s3-writer"
    dms_secret_reader = "${var.name_prefix}-dms-secret-reader"
    glue              = "${var.name_prefix}-glue-job"
    glue_crawler      = "${var.name_prefix}-glue-crawler"
    s3_replication    = "${var.name_prefix}-s3-replication"
  }

  # What the templates under policies/ may name.
  policy_inputs = {
    account_id        = var.account_id
    bucket_arn        = local.bucket_arn
    curated_database  = var.glue_curated_database_name
    glue_arn          = "arn:${var.partition}:glue:${var.region}:${var.account_id}"
    glue_role_arn     = "arn:${var.partition}:iam::${var.account_id}:role/${local.role_names.glue}"
    key_alias         = var.kms_key_alias
    key_arn           = "arn:${var.partition}:kms:${var.region}:${var.account_id}:key/*"
    logs_arn          = "arn:${var.partition}:logs:${var.region}:${var.account_id}"
    metrics_namespace = var.metrics_namespace
    name_prefix       = var.name_prefix
    raw_database      = var.glue_raw_database_name
    region            = var.region
    replica_arn       = try(var.replication.bucket_arn, "")
    replica_key_arn   = try(coalesce(var.replication.kms_key_arn, ""), "")
    replica_region    = try(coalesce(var.replication.region, var.region), var.region)
    # Secrets Manager appends a hyphen and six characters of its own to the name.
    secret_arn    = "arn:${var.partition}:secretsmanager:${var.region}:${var.account_id}:secret:${var.secret_name}-??????"
    workgroup_arn = "arn:${var.partition}:athena:${var.region}:${var.account_id}:workgroup/${var.athena_workgroup_name}"
  }

  # Decoded and encoded again: a slip in a template fails at plan, and its spelling never causes a difference.
  policies = {
    for name in [
      "athena_analyst_policy",
      "crawler_policy",
      "datasync_policy",
      "dms_policy",
      "dms_secret_policy",
      "glue_policy",
      "s3_replication_policy",
    ] : name => jsonencode(jsondecode(templatefile("${path.module}/policies/${name}.json.tftpl", local.policy_inputs)))
  }

  # Who may assume a service's role: that service, acting for this account and for its own resources here.
  trusts = {
    for name, trust in {
      datasync          = { service = "datasync.amazonaws.com", source_arn = "arn:${var.partition}:datasync:${var.region}:${var.account_id}:*" }
      dms               = { service = "dms.amazonaws.com", source_arn = "arn:${var.partition}:dms:${var.region}:${var.account_id}:*" }
      dms_account       = { service = "dms.amazonaws.com", source_arn = "arn:${var.partition}:dms:*:${var.account_id}:*" }
      dms_secret_reader = { service = "dms.${var.region}.amazonaws.com", source_arn = "arn:${var.partition}:dms:${var.region}:${var.account_id}:*" }
      glue              = { service = "glue.amazonaws.com", source_arn = "arn:${var.partition}:glue:${var.region}:${var.account_id}:*" }
      s3_replication    = { service = "s3.amazonaws.com", source_arn = local.bucket_arn }
      } : name => jsonencode(jsondecode(templatefile("${path.module}/policies/service_trust.json.tftpl", merge(trust, {
        account_id = var.account_id
    }))))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Glue
# ---------------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "glue" {
  assume_role_policy = local.trusts["glue"]
  description        = "Glue jobs of ${var.name_prefix}: read raw, write curated and quarantine"
  name               = local.role_names.glue

  tags = {
    Name = local.role_names.glue
  }
}

resource "aws_iam_role_policy" "glue" {
  name   = "glue-job"
  policy = local.policies["glue_policy"]
  role   = aws_iam_role.glue.name
}

resource "aws_iam_role" "glue_crawler" {
  assume_role_policy = local.trusts["glue"]
  description        = "Glue crawlers of ${var.name_prefix}: read raw, describe it in the catalog"
  name               = local.role_names.glue_crawler

  tags = {
    Name = local.role_names.glue_crawler
  }
}

resource "aws_iam_role_policy" "glue_crawler" {
  name   = "glue-crawler"
  policy = local.policies["crawler_policy"]
  role   = aws_iam_role.glue_crawler.name
}

# ---------------------------------------------------------------------------------------------------------------
# DMS
# ---------------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "dms" {
  assume_role_policy = local.trusts["dms"]
  description        = "DMS target endpoint of ${var.name_prefix}: write raw/database"
  name               = local.role_names.dms

  tags = {
    Name = local.role_names.dms
  }
}

resource "aws_iam_role_policy" "dms" {
  name   = "dms-s3-writer"
  policy = local.policies["dms_policy"]
  role   = aws_iam_role.dms.name
}

resource "aws_iam_role" "dms_secret_reader" {
  assume_role_policy = local.trusts["dms_secret_reader"]
  description        = "DMS source endpoint of ${var.name_prefix}: read the one secret"
  name               = local.role_names.dms_secret_reader

  tags = {
    Name = local.role_names.dms_secret_reader
  }
}

resource "aws_iam_role_policy" "dms_secret_reader" {
  name   = "dms-secret-reader"
  policy = local.policies["dms_secret_policy"]
  role   = aws_iam_role.dms_secret_reader.name
}

# DMS looks for these two by name, once per account; only one state may own them.
resource "aws_iam_role" "dms_vpc" {
  count = var.create_dms_account_roles ? 1 : 0

  assume_role_policy = local.trusts["dms_account"]
  description        = "DMS: network interfaces of replication instances, for the whole account"
  name               = "dms-vpc-role"

  tags = {
    Name = "dms-vpc-role"
  }
}

resource "aws_iam_role_policy_attachment" "dms_vpc" {
  count = var.create_dms_account_roles ? 1 : 0

  policy_arn = "arn:${var.partition}:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
  role       = aws_iam_role.dms_vpc[0].name
}

resource "aws_iam_role" "dms_cloudwatch_logs" {
  count = var.create_dms_account_roles ? 1 : 0

  assume_role_policy = local.trusts["dms_account"]
  description        = "DMS: logs of replication tasks, for the whole account"
  name               = "dms-cloudwatch-logs-role"

  tags = {
    Name = "dms-cloudwatch-logs-role"
  }
}

resource "aws_iam_role_policy_attachment" "dms_cloudwatch_logs" {
  count = var.create_dms_account_roles ? 1 : 0

  policy_arn = "arn:${var.partition}:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole"
  role       = aws_iam_role.dms_cloudwatch_logs[0].name
}

# ---------------------------------------------------------------------------------------------------------------
# DataSync
# ---------------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "datasync" {
  assume_role_policy = local.trusts["datasync"]
  description        = "DataSync destination of ${var.name_prefix}: write and verify raw/csv"
  name               = local.role_names.datasync

  tags = {
    Name = local.role_names.datasync
  }
}

resource "aws_iam_role_policy" "datasync" {
  name   = "datasync"
  policy = local.policies["datasync_policy"]
  role   = aws_iam_role.datasync.name
}

# ---------------------------------------------------------------------------------------------------------------
# Athena: the service has no role of its own, queries run as whoever asks
# ---------------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "athena_analyst" {
  count = length(var.athena_analyst_principals) > 0 ? 1 : 0

  assume_role_policy = jsonencode(jsondecode(templatefile("${path.module}/policies/analyst_trust.json.tftpl", {
    principals = sort(tolist(var.athena_analyst_principals))
  })))
  description = "Analysts of ${var.name_prefix}: query curated"
  name        = local.role_names.athena_analyst

  tags = {
    Name = local.role_names.athena_analyst
  }
}

resource "aws_iam_role_policy" "athena_analyst" {
  count = length(var.athena_analyst_principals) > 0 ? 1 : 0

  name   = "athena-analyst"
  policy = local.policies["athena_analyst_policy"]
  role   = aws_iam_role.athena_analyst[0].name
}

# ---------------------------------------------------------------------------------------------------------------
# Replication of the bucket, where it is asked for
# ---------------------------------------------------------------------------------------------------------------

resource "aws_iam_role" "s3_replication" {
  count = var.replication == null ? 0 : 1

  assume_role_policy = local.trusts["s3_replication"]
  description        = "S3 replication of ${var.lake_bucket_name}"
  name               = local.role_names.s3_replication

  tags = {
    Name = local.role_names.s3_replication
  }
}

resource "aws_iam_role_policy" "s3_replication" {
  count = var.replication == null ? 0 : 1

  name   = "s3-replication"
  policy = local.policies["s3_replication_policy"]
  role   = aws_iam_role.s3_replication[0].name
}
