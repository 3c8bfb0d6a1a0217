variable "account_id" {
  type        = string
  description = "Account that owns the alarms."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "alarm_email_addresses" {
  type        = set(string)
  description = "Who is told by mail; each address has to confirm once."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_email_addresses : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "An address looks like on-call@example.com."
  }
}

variable "athena_failed_queries" {
  type        = number
  description = "Failed queries within 15 minutes that are an alarm; a single one is a typing error."
  default     = 5
  nullable    = false

  validation {
    condition     = var.athena_failed_queries >= 1 && floor(var.athena_failed_queries) == var.athena_failed_queries
    error_message = "Give a whole number, 1 or more."
  }
}

variable "athena_slow_query_seconds" {
  type        = number
  description = "Seconds that nine queries in ten stay below."
  default     = 30
  nullable    = false

  validation {
    condition     = var.athena_slow_query_seconds >= 1 && var.athena_slow_query_seconds <= 1800
    error_message = "Give 1 to 1800 seconds."
  }
}

variable "audit_trail" {
  type = object({
    bucket_name       = string
    name              = string
    reader_role_arn   = string
    secret_arn_prefix = string
    secret_name       = string
  })
  description = "Trail that records who reads the source's secret, and what is told of reads by anybody but reader_role_arn; null without one. The bucket's and the key's policies have to let CloudTrail in first."
  default     = null

  validation {
    condition     = var.audit_trail == null || try(startswith(var.audit_trail.secret_arn_prefix, "arn:") && can(regex(":role/", var.audit_trail.reader_role_arn)), false)
    error_message = "secret_arn_prefix is the start of the secret's ARN, and reader_role_arn the ARN of a role."
  }
}

variable "budget_environment_tag" {
  type        = string
  description = "Value of the Environment tag whose costs the budget counts; null counts the whole account. Activate the tag for cost allocation first."
  default     = null

  validation {
    condition     = var.budget_environment_tag == null || try(length(var.budget_environment_tag) > 0, false)
    error_message = "Give the tag's value, or null."
  }
}

variable "budget_limit_usd" {
  type        = number
  description = "Monthly budget in USD."
  nullable    = false

  validation {
    condition     = var.budget_limit_usd >= 1 && var.budget_limit_usd <= 1000000
    error_message = "Give 1 to 1,000,000 USD."
  }
}

variable "cdc_latency_seconds" {
  type        = number
  description = "Seconds that replication may be behind; three minutes in a row above it are an alarm."
  default     = 300
  nullable    = false

  validation {
    condition     = var.cdc_latency_seconds >= 60 && var.cdc_latency_seconds <= 86400 && floor(var.cdc_latency_seconds) == var.cdc_latency_seconds
    error_message = "Give whole seconds from 60 (DMS itself waits up to a minute before it writes) to 86400."
  }
}

variable "datasync" {
  type = object({
    task_arns = map(string)
  })
  description = "ARNs of the transfer tasks by their exports; null without the datasync phase."
  default     = null

  validation {
    condition     = var.datasync == null || try(length(var.datasync.task_arns) > 0, false)
    error_message = "Name one task or more, or leave the phase out with null."
  }
}

variable "dms" {
  type = object({
    instance_id      = string
    replicating      = bool
    task_resource_id = string
  })
  description = "The replication instance by its name, the task by the last part of its ARN, and whether it is meant to run; null without the dms phase."
  default     = null

  validation {
    condition     = var.dms == null || try(can(regex("^[a-z](-?[a-z0-9])*$", var.dms.instance_id)), false)
    error_message = "An instance's name has lower-case letters, digits and single hyphens."
  }

  validation {
    condition     = var.dms == null || try(can(regex("^[A-Za-z](-?[A-Za-z0-9])*$", var.dms.task_resource_id)) && length(var.dms.task_resource_id) <= 31, false)
    error_message = "The end of a task's ARN has at most 31 letters, digits and single hyphens."
  }
}

variable "dms_free_storage_gb" {
  type        = number
  description = "Free storage of the replication instance in GB below which there is an alarm."
  default     = 10
  nullable    = false

  validation {
    condition     = var.dms_free_storage_gb >= 1 && var.dms_free_storage_gb <= 6144
    error_message = "Give 1 to 6144 GB."
  }
}

variable "glue" {
  type = object({
    crawler_names  = set(string)
    job_names      = set(string)
    workgroup_name = string
  })
  description = "Names of the jobs, the crawlers (none where nothing is crawled) and the workgroup; null without the glue phase."
  default     = null

  validation {
    condition     = var.glue == null || try(length(var.glue.job_names) > 0 && length(var.glue.workgroup_name) > 0, false)
    error_message = "Name one job or more and the workgroup, or leave the phase out with null."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the topic and of the trail; its policy has to let their publishers in."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "Give the ARN of a KMS key."
  }
}

variable "lake_bucket_name" {
  type        = string
  description = "Bucket whose size the dashboard shows."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "missing_data_is_alarm" {
  type        = bool
  description = "Whether silence of a replication that is meant to run is an alarm."
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
  description = "Region of the alarms."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "topic_name" {
  type        = string
  description = "Name of the topic; the key's policy names it as well."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,256}$", var.topic_name))
    error_message = "A topic's name has letters, digits, hyphens and underscores."
  }
}
