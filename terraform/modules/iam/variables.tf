variable "account_id" {
  type        = string
  description = "Account that the roles belong to."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "athena_analyst_principals" {
  type        = set(string)
  description = "ARNs (or account ids) that may assume the analyst role; without any the role is not made."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for principal in var.athena_analyst_principals : can(regex("^([0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|user/.+|role/.+|assumed-role/.+))$", principal))])
    error_message = "Give account ids, or ARNs of users and roles; never a wildcard."
  }
}

variable "athena_workgroup_name" {
  type        = string
  description = "Workgroup that analysts query in."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,128}$", var.athena_workgroup_name))
    error_message = "A workgroup name has 1 to 128 letters, digits, dots, underscores and hyphens."
  }
}

variable "create_dms_account_roles" {
  type        = bool
  description = "Whether this state owns dms-vpc-role and dms-cloudwatch-logs-role, which exist once per account."
  default     = true
  nullable    = false
}

variable "glue_curated_database_name" {
  type        = string
  description = "Catalog database of the curated zone."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.glue_curated_database_name))
    error_message = "A catalog database has lower-case letters, digits and underscores."
  }
}

variable "glue_raw_database_name" {
  type        = string
  description = "Catalog database of the raw zone."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.glue_raw_database_name))
    error_message = "A catalog database has lower-case letters, digits and underscores."
  }
}

variable "kms_key_alias" {
  type        = string
  description = "Alias of the environment's key; policies name it, because it is known before the key exists."
  nullable    = false

  validation {
    condition     = can(regex("^alias/[A-Za-z0-9/_-]+$", var.kms_key_alias))
    error_message = "An alias starts with alias/."
  }
}

variable "lake_bucket_name" {
  type        = string
  description = "Name of the lake's bucket."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "metrics_namespace" {
  type        = string
  description = "CloudWatch namespace that jobs publish to."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_.#-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "Up to 255 characters, and never AWS/, which AWS keeps for itself."
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

variable "partition" {
  type        = string
  description = "AWS partition, the second field of an ARN."
  default     = "aws"
  nullable    = false

  validation {
    condition     = can(regex("^aws(-[a-z]+)*$", var.partition))
    error_message = "A partition is aws, aws-cn or aws-us-gov."
  }
}

variable "region" {
  type        = string
  description = "Region of the environment."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "replication" {
  type = object({
    bucket_arn  = string
    kms_key_arn = optional(string)
    region      = optional(string)
  })
  description = "Where S3 replicates to; without it no replication role is made."
  default     = null

  validation {
    condition     = var.replication == null || can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+$", var.replication.bucket_arn))
    error_message = "bucket_arn is the ARN of a bucket, arn:aws:s3:::NAME."
  }
}

variable "secret_name" {
  type        = string
  description = "Name of the source's secret."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,256}$", var.secret_name))
    error_message = "Letters, digits and /_+=.@- only."
  }
}
