locals {
  # One file per question; its first line says what it answers.
  queries = {
    for file in fileset("${path.module}/queries", "*.sql") : trimsuffix(file, ".sql") => {
      description = trimprefix(split("\n", file("${path.module}/queries/${file}"))[0], "-- ")
      sql         = trimspace(join("\n", slice(split("\n", file("${path.module}/queries/${file}")), 1, length(split("\n", file("${path.module}/queries/${file}"))))))
    }
  }

  encrypts_kms     = var.s3_encryption == "SSE-KMS"
  results_location = "s3://${var.lake_bucket_id}/tmp/athena/"
}

resource "aws_athena_workgroup" "this" {
  description   = "Queries of ${var.name_prefix}: at most ${var.scan_limit_gb} GB each, results under tmp/athena/"
  force_destroy = var.force_destroy
  name          = var.workgroup_name

  configuration {
    bytes_scanned_cutoff_per_query     = var.scan_limit_gb * 1000 * 1000 * 1000
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    requester_pays_enabled             = false

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      expected_bucket_owner = var.account_id
      output_location       = local.results_location

      encryption_configuration {
        encryption_option = local.encrypts_kms ? "SSE_KMS" : "SSE_S3"
        kms_key_arn       = local.encrypts_kms ? var.kms_key_arn : null
      }
    }
  }

  tags = {
    Name = "${var.name_prefix}-workgroup"
  }
}

resource "aws_athena_named_query" "question" {
  for_each = local.queries

  database    = var.curated_database_name
  description = each.value.description
  name        = "${var.name_prefix}-${replace(each.key, "_", "-")}"
  query       = each.value.sql
  workgroup   = aws_athena_workgroup.this.id
}
