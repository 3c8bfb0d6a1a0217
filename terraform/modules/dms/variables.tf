variable "account_id" {
  type        = string
  description = "Account that owns the lake's bucket; DMS writes to no other."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "allocated_storage_gb" {
  type        = number
  description = "Storage of the instance, for cached changes and logs; 50 GB are included in the price. It can grow, not shrink."
  default     = 50
  nullable    = false

  validation {
    condition     = var.allocated_storage_gb >= 5 && var.allocated_storage_gb <= 6144 && floor(var.allocated_storage_gb) == var.allocated_storage_gb
    error_message = "Give whole gigabytes from 5 to 6144."
  }
}

variable "apply_immediately" {
  type        = bool
  description = "Whether changes to the instance happen at once, interrupting replication, instead of in the maintenance window."
  default     = false
  nullable    = false
}

variable "auto_minor_version_upgrade" {
  type        = bool
  description = "Whether DMS installs minor engine versions in the maintenance window."
  default     = true
  nullable    = false
}

variable "ca_certificate_pem" {
  type        = string
  description = "Certificate of the authority that signed the source's, in PEM; needed where ssl_mode verifies."
  default     = null

  validation {
    condition     = var.ca_certificate_pem == null || try(startswith(trimspace(var.ca_certificate_pem), "-----BEGIN CERTIFICATE-----"), false)
    error_message = "A certificate in PEM begins with -----BEGIN CERTIFICATE-----."
  }

  validation {
    condition     = var.ca_certificate_pem != null || !startswith(var.ssl_mode, "verify-")
    error_message = "ssl_mode verify-ca and verify-full need ca_certificate_pem."
  }
}

variable "cdc_max_batch_interval_seconds" {
  type        = number
  description = "Longest wait before changes are written to a file."
  default     = 60
  nullable    = false

  validation {
    condition     = var.cdc_max_batch_interval_seconds >= 1 && var.cdc_max_batch_interval_seconds <= 86400 && floor(var.cdc_max_batch_interval_seconds) == var.cdc_max_batch_interval_seconds
    error_message = "Give whole seconds from 1 to 86400."
  }
}

variable "cdc_min_file_size_kb" {
  type        = number
  description = "Size at which changes are written to a file before the interval is over."
  default     = 32000
  nullable    = false

  validation {
    condition     = var.cdc_min_file_size_kb >= 1 && var.cdc_min_file_size_kb <= 1048576 && floor(var.cdc_min_file_size_kb) == var.cdc_min_file_size_kb
    error_message = "Give whole kilobytes from 1 to 1048576."
  }
}

variable "encryption" {
  type        = string
  description = "How the lake is encrypted. DMS cannot change an endpoint from SSE-S3 to SSE-KMS: choose before the first apply."
  default     = "SSE-KMS"
  nullable    = false

  validation {
    condition     = contains(["SSE-KMS", "SSE-S3"], var.encryption)
    error_message = "Use SSE-KMS or SSE-S3."
  }
}

variable "engine_version" {
  type        = string
  description = "DMS engine version; null takes the newest default at creation and leaves it to minor upgrades."
  default     = null

  validation {
    condition     = var.engine_version == null || can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.engine_version))
    error_message = "A version looks like 3.5.4."
  }
}

variable "event_topic_arn" {
  type        = string
  description = "SNS topic that hears of failures and state changes; its policy must let dms.amazonaws.com publish."
  default     = null

  validation {
    condition     = !var.notify || var.event_topic_arn != null
    error_message = "notify needs event_topic_arn."
  }
}

variable "heartbeat_schema" {
  type        = string
  description = "Schema on the source that the login may create a table in, for the heartbeat. Choose before the first apply: later only `aws dms modify-endpoint` changes it."
  default     = "dms_artifacts"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", var.heartbeat_schema))
    error_message = "A schema name has 1 to 63 letters, digits, underscores and dollar signs."
  }
}

variable "instance_class" {
  type        = string
  description = "Size of the replication instance."
  default     = "dms.t3.medium"
  nullable    = false

  validation {
    condition     = can(regex("^dms\\.[a-z][0-9][a-z]*\\.[0-9]*(micro|small|medium|large|xlarge)$", var.instance_class))
    error_message = "A class looks like dms.t3.medium or dms.r6i.2xlarge."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the instance's storage, the log group and, with SSE-KMS, what is written."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "Give the ARN of a key, not of an alias."
  }
}

variable "lake_bucket_name" {
  type        = string
  description = "Bucket of the lake; DMS writes below raw/database."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "lob_max_size_kb" {
  type        = number
  description = "Longest text that is replicated whole; longer ones are cut off there."
  default     = 32
  nullable    = false

  validation {
    condition     = var.lob_max_size_kb >= 1 && var.lob_max_size_kb <= 102400 && floor(var.lob_max_size_kb) == var.lob_max_size_kb
    error_message = "Give whole kilobytes from 1 to 102400."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days that task logs are kept."
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch Logs knows certain periods only, for example 14, 30, 90 or 365 days."
  }
}

variable "maintenance_window" {
  type        = string
  description = "Weekly half hour or more in UTC in which AWS may restart the instance."
  default     = "sun:04:00-sun:05:00"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "A window looks like sun:04:00-sun:05:00, in lower case and UTC."
  }
}

variable "max_full_load_subtasks" {
  type        = number
  description = "Tables that are loaded at a time."
  default     = 7
  nullable    = false

  validation {
    condition     = var.max_full_load_subtasks >= 1 && var.max_full_load_subtasks <= 49 && floor(var.max_full_load_subtasks) == var.max_full_load_subtasks
    error_message = "DMS loads 1 to 49 tables at a time."
  }
}

variable "multi_az" {
  type        = bool
  description = "Whether a standby instance in another zone takes over when the first fails; doubles the price."
  default     = false
  nullable    = false
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

variable "notify" {
  type        = bool
  description = "Whether event_topic_arn hears of failures and state changes."
  default     = false
  nullable    = false
}

variable "postgres_database" {
  type        = string
  description = "Name of the source database."
  nullable    = false

  validation {
    condition     = can(regex("^[^|]{1,63}$", var.postgres_database))
    error_message = "A PostgreSQL database name has 1 to 63 characters (and no bar, for our own sake)."
  }
}

variable "s3_writer_role_arn" {
  type        = string
  description = "Role that DMS writes to the lake with."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.s3_writer_role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "secret_arn" {
  type        = string
  description = "Secret with host, port, username and password of the source."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.secret_arn))
    error_message = "Give the ARN of a secret."
  }
}

variable "secret_reader_role_arn" {
  type        = string
  description = "Role that DMS reads the secret with; it trusts dms.REGION.amazonaws.com."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.secret_reader_role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "security_group_ids" {
  type        = list(string)
  description = "Security groups of the instance: what it may reach."
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) > 0
    error_message = "Name one security group at least; otherwise the network's default one would be used."
  }
}

variable "source_schema" {
  type        = string
  description = "Schema of the replicated tables; part of their path in the lake."
  default     = "public"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", var.source_schema))
    error_message = "A schema name has 1 to 63 letters, digits, underscores and dollar signs."
  }
}

variable "ssl_mode" {
  type        = string
  description = "How the connection to the source is encrypted and the source's name is checked."
  default     = "verify-full"
  nullable    = false

  validation {
    condition     = contains(["none", "require", "verify-ca", "verify-full"], var.ssl_mode)
    error_message = "Use none, require, verify-ca or verify-full."
  }
}

variable "start_replication" {
  type        = bool
  description = "Whether the task runs. False at first, until both connections are tested; once true it stays true, because the task is started again after a change only then."
  default     = false
  nullable    = false
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of the instance, in two zones at least."
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A replication subnet group needs two subnets or more, in different zones."
  }
}

variable "tables" {
  type        = set(string)
  description = "Tables to replicate; those of table_mappings.json when empty."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.tables) <= 100 && alltrue([for table in var.tables : can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", table))])
    error_message = "Name up to 100 tables, each by its full name: a wildcard would also copy the heartbeat's table."
  }
}
