locals {
  # What a reader finds in the bucket; S3 has no folders, so a zone exists from its first object on.
  zones = toset(["raw", "curated", "quarantine", "logs", "scripts", "tmp"])

  zone_expiration_days = {
    logs = var.logs_expiration_days
    tmp  = var.tmp_expiration_days
  }

  sse_algorithm = var.encryption == "SSE-KMS" ? "aws:kms" : "AES256"

  # From names, so that the policies can be read in the first plan.
  access_logs_bucket_arn = "arn:${var.partition}:s3:::${var.access_logs_bucket_name}"
  lake_bucket_arn        = "arn:${var.partition}:s3:::${var.lake_bucket_name}"
}

# ---------------------------------------------------------------------------------------------------------------
# The lake
# ---------------------------------------------------------------------------------------------------------------

resource "aws_s3_bucket" "lake" {
  # checkov:skip=CKV2_AWS_62:Nobody listens: jobs find new files by their own position, and a notification per file would only be paid for.
  bucket        = var.lake_bucket_name
  force_destroy = var.force_destroy

  tags = {
    Name = var.lake_bucket_name
  }
}

resource "aws_s3_bucket_public_access_block" "lake" {
  bucket                  = aws_s3_bucket.lake.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "lake" {
  bucket = aws_s3_bucket.lake.id

  versioning_configuration {
    status = var.versioning_enabled ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    bucket_key_enabled = var.encryption == "SSE-KMS"

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.encryption == "SSE-KMS" ? var.kms_key_arn : null
      sse_algorithm     = local.sse_algorithm
    }
  }
}

resource "aws_s3_bucket_policy" "lake" {
  bucket = aws_s3_bucket.lake.id
  policy = jsonencode(jsondecode(templatefile("${path.module}/policies/lake_bucket_policy.json.tftpl", {
    account_id    = var.account_id
    bucket_arn    = local.lake_bucket_arn
    kms_key_arn   = var.encryption == "SSE-KMS" ? var.kms_key_arn : ""
    sse_algorithm = local.sse_algorithm
  })))

  # A policy that arrives while the public access block is being written is answered with a conflict.
  depends_on = [aws_s3_bucket_public_access_block.lake]
}

# One lifecycle document per bucket is all that S3 has, and each takes the provider about a minute to confirm.
resource "aws_s3_bucket_lifecycle_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  # The whole bucket.
  rule {
    id     = "unfinished-uploads-and-delete-markers"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.abort_multipart_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = local.zones

    content {
      id     = "zone-${rule.value}"
      status = "Enabled"

      filter {
        prefix = "${rule.value}/"
      }

      noncurrent_version_expiration {
        noncurrent_days = rule.value == "raw" ? var.raw_noncurrent_version_days : var.noncurrent_version_days
      }

      # Only raw/ is ever archived: Hudi keeps its metadata beside the data, and neither Glue nor Athena reads
      # archived objects.
      dynamic "transition" {
        for_each = rule.value == "raw" && var.raw_archive_days > 0 ? [var.raw_archive_days] : []

        content {
          days          = transition.value
          storage_class = "GLACIER"
        }
      }

      dynamic "transition" {
        for_each = contains(var.intelligent_tiering_zones, rule.value) ? [0] : []

        content {
          days          = transition.value
          storage_class = "INTELLIGENT_TIERING"
        }
      }

      dynamic "expiration" {
        for_each = lookup(local.zone_expiration_days, rule.value, 0) > 0 ? [local.zone_expiration_days[rule.value]] : []

        content {
          days = expiration.value
        }
      }
    }
  }

  # S3 refuses rules about noncurrent versions that arrive before the versioning state is known.
  depends_on = [aws_s3_bucket_versioning.lake]
}

resource "aws_s3_bucket_logging" "lake" {
  bucket        = aws_s3_bucket.lake.id
  target_bucket = aws_s3_bucket.access_logs.id
  target_prefix = "s3/"

  # S3 checks at this call that it may write there.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

resource "aws_s3_bucket_cors_configuration" "lake" {
  count = length(var.cors_rules) > 0 ? 1 : 0

  bucket = aws_s3_bucket.lake.id

  dynamic "cors_rule" {
    for_each = var.cors_rules

    content {
      allowed_headers = cors_rule.value.allowed_headers
      allowed_methods = cors_rule.value.allowed_methods
      allowed_origins = cors_rule.value.allowed_origins
      expose_headers  = cors_rule.value.expose_headers
      max_age_seconds = cors_rule.value.max_age_seconds
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "lake" {
  count = var.replication == null ? 0 : 1

  bucket = aws_s3_bucket.lake.id
  role   = var.replication_role_arn

  dynamic "rule" {
    for_each = { for index, zone in sort(tolist(var.replication.zones)) : zone => index }

    content {
      id       = "zone-${rule.key}"
      priority = rule.value
      status   = "Enabled"

      filter {
        prefix = "${rule.key}/"
      }

      delete_marker_replication {
        status = "Disabled"
      }

      destination {
        account       = var.replication.account_id
        bucket        = var.replication.bucket_arn
        storage_class = var.replication.storage_class

        dynamic "access_control_translation" {
          for_each = var.replication.account_id == null ? [] : ["Destination"]

          content {
            owner = access_control_translation.value
          }
        }

        dynamic "encryption_configuration" {
          for_each = var.replication.kms_key_arn == null ? [] : [var.replication.kms_key_arn]

          content {
            replica_kms_key_id = encryption_configuration.value
          }
        }
      }

      dynamic "source_selection_criteria" {
        for_each = var.encryption == "SSE-KMS" ? ["Enabled"] : []

        content {
          sse_kms_encrypted_objects {
            status = source_selection_criteria.value
          }
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = var.versioning_enabled
      error_message = "Replication needs versioning: set enable_s3_versioning to true."
    }
  }

  depends_on = [aws_s3_bucket_versioning.lake]
}

# ---------------------------------------------------------------------------------------------------------------
# Access logs of the lake
# ---------------------------------------------------------------------------------------------------------------

resource "aws_s3_bucket" "access_logs" {
  # checkov:skip=CKV2_AWS_62:Nobody waits for access logs.
  # checkov:skip=CKV_AWS_144:A copy of access logs in a second region protects nothing that the lake itself does not lose first.
  # checkov:skip=CKV_AWS_145:S3 delivers no access logs into a bucket whose default encryption is SSE-KMS.
  bucket        = var.access_logs_bucket_name
  force_destroy = var.force_destroy

  tags = {
    Name = var.access_logs_bucket_name
  }
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket                  = aws_s3_bucket.access_logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  versioning_configuration {
    status = var.versioning_enabled ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  rule {
    apply_server_side_encryption_by_default {
      # S3 delivers no access logs into a bucket whose default encryption is SSE-KMS.
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id
  policy = jsonencode(jsondecode(templatefile("${path.module}/policies/access_logs_bucket_policy.json.tftpl", {
    account_id        = var.account_id
    audit_trail_arn   = var.audit_trail_arn == null ? "" : var.audit_trail_arn
    bucket_arn        = local.access_logs_bucket_arn
    source_bucket_arn = local.lake_bucket_arn
  })))

  depends_on = [aws_s3_bucket_public_access_block.access_logs]
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.abort_multipart_days
    }

    expiration {
      days = var.access_logs_expiration_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.raw_noncurrent_version_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.access_logs]
}
