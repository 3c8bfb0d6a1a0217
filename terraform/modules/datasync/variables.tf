variable "account_id" {
  type        = string
  description = "Account that the tasks run in; the log policy speaks for no other one."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "agent_arns" {
  type        = set(string)
  description = "Activated agents, one to eight, that read the NFS sources."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.agent_arns) <= 8 && alltrue([for arn in var.agent_arns : can(regex("^arn:aws[a-z-]*:datasync:[a-z0-9-]+:[0-9]{12}:agent/agent-[0-9a-z]{17}$", arn))])
    error_message = "Give up to eight ARNs such as arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0."
  }
}

variable "bytes_per_second" {
  type        = number
  description = "Most that a task takes of the line, in bytes per second; -1 sets no limit."
  default     = -1
  nullable    = false

  validation {
    condition     = var.bytes_per_second == -1 || (var.bytes_per_second >= 131072 && floor(var.bytes_per_second) == var.bytes_per_second)
    error_message = "Give whole bytes per second, 131072 (one megabit) or more, or -1 for no limit."
  }
}

variable "create_log_policy" {
  type        = bool
  description = "Whether this state owns the CloudWatch Logs resource policy for DataSync; a region takes ten of them."
  default     = true
  nullable    = false
}

variable "custom_schedule" {
  type        = string
  description = "AWS cron expression in UTC that counts where schedule is custom."
  default     = null

  validation {
    condition     = var.custom_schedule == null || can(regex("^cron\\([0-9]{1,2} [0-9*/,-]+ ([?] [0-9A-Z*/,-]+ [0-9A-Z*/,L#-]+|[0-9*/,LW-]+ [0-9A-Z*/,-]+ [?]) [0-9*/,-]+\\)$", var.custom_schedule))
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with one minute (a task runs once an hour at most) and a question mark for the day or for the weekday, for example cron(0 4 * * ? *)."
  }
}

variable "exclude_patterns" {
  type        = list(string)
  description = "Paths that are never transferred; * stands for anything."
  default     = ["*/.*", "*.tmp", "*.part"]
  nullable    = false

  validation {
    condition     = alltrue([for pattern in var.exclude_patterns : can(regex("^[*/][^|]*$", pattern))])
    error_message = "A pattern starts with / or *, and holds no bar."
  }
}

variable "include_patterns" {
  type        = map(string)
  description = "Which files of a source are its export, by export, where it is not /FILE.csv; patterns are joined by bars."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export, pattern in var.include_patterns : contains(["customers", "parts", "sales_orders", "services"], export) && can(regex("^/[^|]+([|]/[^|]+)*$", pattern))])
    error_message = "Exports are customers, parts, sales_orders, services; a pattern starts with /, as /customers*.csv."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the log group."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:", var.kms_key_arn))
    error_message = "Give the ARN of a KMS key."
  }
}

variable "lake_bucket_id" {
  type        = string
  description = "Name of the lake's bucket; exports land under raw/csv/, reports under logs/datasync/."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_id))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "log_level" {
  type        = string
  description = "What tasks log: OFF, BASIC (errors and summaries) or TRANSFER (each file)."
  default     = "BASIC"
  nullable    = false

  validation {
    condition     = contains(["OFF", "BASIC", "TRANSFER"], var.log_level)
    error_message = "Use OFF, BASIC or TRANSFER."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days that the tasks' logs are kept, as CloudWatch Logs counts them."
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
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

variable "nfs_sources" {
  type = map(object({
    server_hostname = string
    subdirectory    = string
    version         = optional(string, "AUTOMATIC")
  }))
  description = "NFS share of each export (customers, parts, sales_orders, services) that lies on one; the agents mount it."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export in keys(var.nfs_sources) : contains(["customers", "parts", "sales_orders", "services"], export)])
    error_message = "Exports are customers, parts, sales_orders, services."
  }

  validation {
    condition     = alltrue([for share in values(var.nfs_sources) : can(regex("^[A-Za-z0-9]([A-Za-z0-9.:-]{0,253}[A-Za-z0-9])?$", share.server_hostname)) && can(regex("^/([A-Za-z0-9_+./() -]*/)?$", share.subdirectory)) && contains(["AUTOMATIC", "NFS3", "NFS4_0", "NFS4_1"], share.version)])
    error_message = "A share has a server_hostname without a scheme, a subdirectory that starts and ends with a slash, and a version AUTOMATIC, NFS3, NFS4_0 or NFS4_1."
  }

  validation {
    condition     = length(var.nfs_sources) == 0 || length(var.agent_arns) > 0
    error_message = "An NFS share is read by an agent: give agent_arns."
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

variable "role_arn" {
  type        = string
  description = "Role that DataSync writes exports and reports with."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "schedule" {
  type        = string
  description = "When the tasks run: hourly, daily, custom (custom_schedule) or off."
  default     = "daily"
  nullable    = false

  validation {
    condition     = contains(["custom", "daily", "hourly", "off"], var.schedule)
    error_message = "Use hourly, daily, custom or off."
  }

  validation {
    condition     = (var.schedule == "custom") == (var.custom_schedule != null)
    error_message = "schedule custom and custom_schedule belong together."
  }
}

variable "source_location_arns" {
  type        = map(string)
  description = "Source location of each export that is made elsewhere: SMB, EFS and what else DataSync reads."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export, arn in var.source_location_arns : contains(["customers", "parts", "sales_orders", "services"], export) && can(regex("^arn:aws[a-z-]*:datasync:[a-z0-9-]+:[0-9]{12}:location/loc-[0-9a-z]{17}$", arn))])
    error_message = "Exports are customers, parts, sales_orders, services, each with the ARN of a location such as arn:aws:datasync:us-east-1:123456789012:location/loc-0123456789abcdef0."
  }

  validation {
    condition     = length(setintersection(keys(var.source_location_arns), keys(var.nfs_sources))) == 0
    error_message = "An export has one source: name it in nfs_sources or in source_location_arns, not in both."
  }
}

variable "task_report" {
  type        = string
  description = "Report of each run under logs/datasync/: errors (what failed) or all (each file)."
  default     = "errors"
  nullable    = false

  validation {
    condition     = contains(["all", "errors"], var.task_report)
    error_message = "Use errors or all."
  }
}
