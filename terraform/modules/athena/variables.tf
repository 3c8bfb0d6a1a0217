variable "account_id" {
  type        = string
  description = "Account that owns the bucket of the results; Athena writes into no other one's."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "curated_database_name" {
  type        = string
  description = "Catalog database that the queries are about."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.curated_database_name))
    error_message = "A catalog database has lower-case letters, digits and underscores."
  }
}

variable "force_destroy" {
  type        = bool
  description = "Whether destroy also deletes the history of queries; without, a workgroup that was used is kept."
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the environment, which encrypts the results under SSE-KMS."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "Give the ARN of a key, not of an alias."
  }
}

variable "lake_bucket_id" {
  type        = string
  description = "The lake's bucket; results lie under tmp/athena/ and expire with it."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_id))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "name_prefix" {
  type        = string
  description = "PROJECT-ENVIRONMENT, start of every name."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.name_prefix)) && length(var.name_prefix) <= 41
    error_message = "Use lower-case letters, digits and single hyphens, starting with a letter, at most 41 characters."
  }
}

variable "s3_encryption" {
  type        = string
  description = "How the lake is encrypted; the bucket refuses results that are encrypted otherwise."
  default     = "SSE-KMS"
  nullable    = false

  validation {
    condition     = contains(["SSE-KMS", "SSE-S3"], var.s3_encryption)
    error_message = "Use SSE-KMS or SSE-S3."
  }
}

variable "scan_limit_gb" {
  type        = number
  description = "GB that one query may scan before it is cancelled; 1000 GB cost about 5 USD."
  default     = 100
  nullable    = false

  validation {
    condition     = var.scan_limit_gb >= 1 && var.scan_limit_gb <= 100000 && floor(var.scan_limit_gb) == var.scan_limit_gb
    error_message = "Give whole GB from 1 to 100000."
  }
}

variable "workgroup_name" {
  type        = string
  description = "Name of the workgroup."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,128}$", var.workgroup_name))
    error_message = "A workgroup name has 1 to 128 letters, digits, dots, underscores and hyphens."
  }
}
