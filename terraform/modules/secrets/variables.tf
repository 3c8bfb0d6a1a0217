variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the secret."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:", var.kms_key_arn))
    error_message = "Give the ARN of a KMS key."
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

variable "postgres_database" {
  type        = string
  description = "Database name, stored in the secret as dbname."
  nullable    = false

  validation {
    condition     = length(var.postgres_database) > 0 && length(var.postgres_database) <= 63
    error_message = "A PostgreSQL database name has 1 to 63 characters."
  }
}

variable "postgres_host" {
  type        = string
  description = "Host of the source database; null while it is not known yet."
  default     = null

  validation {
    condition     = var.postgres_host == null || can(regex("^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", var.postgres_host))
    error_message = "Give a host name or an IP address, without a scheme and without a port."
  }
}

variable "postgres_password" {
  type        = string
  description = "Password of the source; ephemeral, so it reaches neither plan nor state."
  default     = null
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = var.postgres_password == null || try(length(var.postgres_password) > 0, false)
    error_message = "An empty password is not a password; leave the variable out instead."
  }
}

variable "postgres_password_counter" {
  type        = number
  description = "0 = the secret has no value yet; count up to write the password again."
  default     = 0
  nullable    = false

  validation {
    condition     = var.postgres_password_counter >= 0 && floor(var.postgres_password_counter) == var.postgres_password_counter
    error_message = "The counter is a whole number, 0 or more."
  }

  validation {
    condition     = var.postgres_password_counter == 0 || var.postgres_host != null
    error_message = "A secret with a value needs postgres_host: DMS reads the host from the secret."
  }
}

variable "postgres_port" {
  type        = number
  description = "Port of the source database."
  default     = 5432
  nullable    = false

  validation {
    condition     = var.postgres_port >= 1 && var.postgres_port <= 65535 && floor(var.postgres_port) == var.postgres_port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "postgres_username" {
  type        = string
  description = "Role that DMS logs in as."
  nullable    = false

  validation {
    condition     = length(var.postgres_username) > 0 && length(var.postgres_username) <= 63
    error_message = "A PostgreSQL role name has 1 to 63 characters."
  }
}

variable "recovery_window_days" {
  type        = number
  description = "Days a deleted secret stays recoverable: 0 (gone at once) or 7 to 30."
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30 && floor(var.recovery_window_days) == var.recovery_window_days)
    error_message = "Secrets Manager takes 0, or 7 to 30 whole days."
  }
}

variable "secret_name" {
  type        = string
  description = "Name of the secret, PROJECT/ENVIRONMENT/postgres/password."
  nullable    = false

  validation {
    # A hyphen and six characters at the end would look like the suffix that Secrets Manager appends to the ARN.
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,256}$", var.secret_name)) && !can(regex("-[A-Za-z0-9]{6}$", var.secret_name))
    error_message = "Letters, digits and /_+=.@- only, and no hyphen followed by exactly six characters at the end."
  }
}
