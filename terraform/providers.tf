provider "aws" {
  # The account guard: credentials of any other account are refused before anything is read or made.
  allowed_account_ids = var.account_id == null ? null : [var.account_id]
  region              = var.region

  default_tags {
    tags = merge(var.tags, {
      Environment = var.environment
      ManagedBy   = "autocorp-wizard"
      Project     = var.project_name
    })
  }
}
