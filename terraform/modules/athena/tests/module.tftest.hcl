mock_provider "aws" {}

variables {
  account_id            = "123456789012"
  curated_database_name = "autocorp_dev_curated"
  kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_id        = "autocorp-datalake-dev-123456789012"
  name_prefix           = "autocorp-dev"
  workgroup_name        = "autocorp-dev"
}

run "the_workgroup_enforces_limit_place_and_encryption" {
  command = plan

  assert {
    condition = (
      one(aws_athena_workgroup.this.configuration).enforce_workgroup_configuration &&
      one(aws_athena_workgroup.this.configuration).publish_cloudwatch_metrics_enabled &&
      one(aws_athena_workgroup.this.configuration).bytes_scanned_cutoff_per_query == 100000000000
    )
    error_message = "A query could scan without limit."
  }

  assert {
    condition = (
      one(one(aws_athena_workgroup.this.configuration).result_configuration).output_location == "s3://autocorp-datalake-dev-123456789012/tmp/athena/" &&
      one(one(aws_athena_workgroup.this.configuration).result_configuration).expected_bucket_owner == "123456789012" &&
      one(one(one(aws_athena_workgroup.this.configuration).result_configuration).encryption_configuration).encryption_option == "SSE_KMS" &&
      one(one(one(aws_athena_workgroup.this.configuration).result_configuration).encryption_configuration).kms_key_arn == var.kms_key_arn
    )
    error_message = "Results lie elsewhere, or in the open."
  }

  assert {
    condition     = !aws_athena_workgroup.this.force_destroy
    error_message = "A used workgroup goes only when that was said."
  }
}

run "under_sse_s3_results_are_encrypted_as_the_bucket_demands" {
  command = plan

  variables {
    s3_encryption = "SSE-S3"
    scan_limit_gb = 1
  }

  assert {
    condition     = one(one(one(aws_athena_workgroup.this.configuration).result_configuration).encryption_configuration).encryption_option == "SSE_S3" && one(aws_athena_workgroup.this.configuration).bytes_scanned_cutoff_per_query == 1000000000
    error_message = "The bucket refuses objects that are encrypted otherwise."
  }
}

run "every_saved_query_says_what_it_answers" {
  command = plan

  assert {
    condition = jsonencode(keys(aws_athena_named_query.question)) == jsonencode([
      "best_customers", "customers_by_state", "freshness", "order_mix", "orders_only_in_the_export",
      "orders_that_do_not_add_up", "orphaned_rows", "revenue_by_month", "service_mix", "top_parts",
    ])
    error_message = "A question is missing."
  }

  assert {
    condition = alltrue([
      for query in aws_athena_named_query.question :
      strcontains(query.description, "?") && !strcontains(query.query, "--") && can(regex("^(SELECT|WITH)", query.query)) && query.database == "autocorp_dev_curated"
    ])
    error_message = "A query has no question, or more than a query."
  }
}
