variable "account_id" {
  type        = string
  description = "Account that owns the key."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "alarm_topic_arn" {
  type        = string
  description = "Topic that CloudWatch, Budgets, DMS and EventBridge publish to."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "A topic's ARN looks like arn:aws:sns:us-east-1:123456789012:alarms."
  }
}

variable "audit_trail_arn" {
  type        = string
  description = "Trail that CloudTrail encrypts with the key; null without one."
  default     = null

  validation {
    condition     = var.audit_trail_arn == null || can(regex("^arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/[A-Za-z0-9._-]+$", var.audit_trail_arn))
    error_message = "A trail's ARN looks like arn:aws:cloudtrail:us-east-1:123456789012:trail/audit."
  }
}

variable "deletion_window_days" {
  type        = number
  description = "Days a destroyed key stays recoverable (7 to 30)."
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "KMS keeps a deleted key between 7 and 30 whole days."
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
  description = "Region of the key."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}
