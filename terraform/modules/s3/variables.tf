variable "abort_multipart_days" {
  type        = number
  description = "Days after which an unfinished multipart upload is removed."
  default     = 7
  nullable    = false

  validation {
    condition     = var.abort_multipart_days >= 1 && var.abort_multipart_days <= 3650 && floor(var.abort_multipart_days) == var.abort_multipart_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "access_logs_bucket_name" {
  type        = string
  description = "Name of the bucket that receives the lake's access logs."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.access_logs_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens; dots would break TLS."
  }
}

variable "access_logs_expiration_days" {
  type        = number
  description = "Days after which access logs expire."
  default     = 90
  nullable    = false

  validation {
    condition     = var.access_logs_expiration_days >= 1 && var.access_logs_expiration_days <= 3650 && floor(var.access_logs_expiration_days) == var.access_logs_expiration_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "account_id" {
  type        = string
  description = "Account that owns both buckets; the bucket policies shut out every other one."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "audit_trail_arn" {
  type        = string
  description = "Trail that may write into the access-log bucket, below cloudtrail/; null without one."
  default     = null

  validation {
    condition     = var.audit_trail_arn == null || can(regex("^arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/[A-Za-z0-9._-]+$", var.audit_trail_arn))
    error_message = "A trail's ARN looks like arn:aws:cloudtrail:us-east-1:123456789012:trail/audit."
  }
}

variable "cors_rules" {
  type = list(object({
    allowed_headers = optional(list(string), [])
    allowed_methods = list(string)
    allowed_origins = list(string)
    expose_headers  = optional(list(string), [])
    max_age_seconds = optional(number, 3000)
  }))
  description = "Cross-origin rules of the lake; none by default, since no browser reads it."
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for rule in var.cors_rules : length(rule.allowed_methods) > 0 && length(rule.allowed_origins) > 0 &&
      alltrue([for method in rule.allowed_methods : contains(["GET", "HEAD", "PUT", "POST", "DELETE"], method)])
    ])
    error_message = "Each rule needs at least one origin and methods out of GET, HEAD, PUT, POST, DELETE."
  }
}

variable "encryption" {
  type        = string
  description = "SSE-KMS (the environment's key) or SSE-S3, for the lake; access logs are always SSE-S3."
  default     = "SSE-KMS"
  nullable    = false

  validation {
    condition     = contains(["SSE-KMS", "SSE-S3"], var.encryption)
    error_message = "Use SSE-KMS or SSE-S3."
  }
}

variable "force_destroy" {
  type        = bool
  description = "Whether destroying the buckets also deletes what they hold."
  default     = false
  nullable    = false
}

variable "intelligent_tiering_zones" {
  type        = set(string)
  description = "Zones whose objects are put into Intelligent-Tiering; none by default."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.intelligent_tiering_zones : contains(["raw", "curated", "quarantine", "logs", "scripts"], zone)])
    error_message = "Zones are raw, curated, quarantine, logs, scripts (tmp is too short-lived)."
  }

  validation {
    condition     = !(contains(var.intelligent_tiering_zones, "raw") && var.raw_archive_days > 0)
    error_message = "raw goes to Glacier already; set the archive days to 0 to put it into Intelligent-Tiering instead."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the environment, used by SSE-KMS."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:", var.kms_key_arn))
    error_message = "Give the ARN of a KMS key."
  }
}

variable "lake_bucket_name" {
  type        = string
  description = "Name of the lake's bucket."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens; dots would break TLS."
  }
}

variable "logs_expiration_days" {
  type        = number
  description = "Days after which objects under logs/ expire; 0 keeps them."
  default     = 365
  nullable    = false

  validation {
    condition     = var.logs_expiration_days >= 0 && var.logs_expiration_days <= 3650 && floor(var.logs_expiration_days) == var.logs_expiration_days
    error_message = "Give whole days from 0 to 3650."
  }
}

variable "noncurrent_version_days" {
  type        = number
  description = "Days after which overwritten or deleted versions outside raw/ expire."
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && var.noncurrent_version_days <= 3650 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Give whole days from 1 to 3650."
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

variable "raw_archive_days" {
  type        = number
  description = "Days after which objects under raw/ move to Glacier; 0 never."
  default     = 90
  nullable    = false

  validation {
    condition     = var.raw_archive_days >= 0 && var.raw_archive_days <= 3650 && floor(var.raw_archive_days) == var.raw_archive_days
    error_message = "Give whole days from 0 to 3650."
  }
}

variable "raw_noncurrent_version_days" {
  type        = number
  description = "Days after which overwritten or deleted versions under raw/ expire."
  default     = 7
  nullable    = false

  validation {
    condition     = var.raw_noncurrent_version_days >= 1 && var.raw_noncurrent_version_days <= 3650 && floor(var.raw_noncurrent_version_days) == var.raw_noncurrent_version_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "replication" {
  type = object({
    account_id    = optional(string)
    bucket_arn    = string
    kms_key_arn   = optional(string)
    storage_class = optional(string, "STANDARD_IA")
    zones         = optional(set(string), ["curated"])
  })
  description = "Copy of zones in another bucket (account_id when it belongs to another account); none by default."
  default     = null

  validation {
    condition     = var.replication == null || can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+$", var.replication.bucket_arn))
    error_message = "bucket_arn is the ARN of a bucket, arn:aws:s3:::NAME."
  }

  validation {
    condition     = var.replication == null || try(var.replication.account_id, null) == null || can(regex("^[0-9]{12}$", var.replication.account_id))
    error_message = "An account id has 12 digits."
  }

  validation {
    condition     = var.replication == null || var.encryption != "SSE-KMS" || try(var.replication.kms_key_arn, null) != null
    error_message = "Objects under SSE-KMS are replicated only with a kms_key_arn at the destination."
  }

  validation {
    condition     = var.replication == null || contains(["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"], try(var.replication.storage_class, ""))
    error_message = "Use STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING or GLACIER_IR."
  }

  validation {
    condition     = var.replication == null || try(length(var.replication.zones) > 0 && alltrue([for zone in var.replication.zones : contains(["raw", "curated", "quarantine", "logs", "scripts", "tmp"], zone)]), false)
    error_message = "Zones are raw, curated, quarantine, logs, scripts, tmp; name at least one."
  }
}

variable "replication_role_arn" {
  type        = string
  description = "Role that S3 assumes to replicate; needed with replication."
  default     = null

  validation {
    condition     = var.replication_role_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.replication_role_arn))
    error_message = "Give the ARN of an IAM role."
  }
}

variable "tmp_expiration_days" {
  type        = number
  description = "Days after which objects under tmp/ expire."
  default     = 7
  nullable    = false

  validation {
    condition     = var.tmp_expiration_days >= 1 && var.tmp_expiration_days <= 3650 && floor(var.tmp_expiration_days) == var.tmp_expiration_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "versioning_enabled" {
  type        = bool
  description = "Whether overwritten and deleted objects are kept as noncurrent versions."
  default     = true
  nullable    = false
}
