variable "crawler_role_arn" {
  type        = string
  description = "Role of the crawlers: reads raw/, describes it in the catalog."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.crawler_role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "crawler_schedule" {
  type        = string
  description = "When the crawlers run, as an AWS cron expression in UTC."
  default     = "cron(0 2 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^cron\\([0-9*/,-]+ [0-9*/,-]+ [0-9*?/,LW-]+ [0-9A-Z*/,-]+ [0-9A-Z*?/,L#-]+ [0-9*/,-]+\\)$", var.crawler_schedule)) && length(regexall("\\?", var.crawler_schedule)) == 1
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with a question mark for the day or for the weekday."
  }
}

variable "crawlers_enabled" {
  type        = bool
  description = "Whether the crawlers run on their schedule; without, they exist and are started by hand."
  default     = true
  nullable    = false
}

variable "csv_exports" {
  type        = map(string)
  description = "Folder below raw/csv/ of each export; an export NAME is refreshed by the job csv_NAME."
  default = {
    customers            = "customers"
    sales_order_parts    = "parts"
    sales_order_services = "services"
    sales_orders         = "sales_orders"
  }
  nullable = false

  validation {
    condition     = length(var.csv_exports) > 0 && alltrue([for name, folder in var.csv_exports : can(regex("^[a-z][a-z0-9_]*$", name)) && can(regex("^[a-z][a-z0-9_-]*$", folder))])
    error_message = "Name at least one export and its folder, in lower-case letters, digits and underscores."
  }
}

variable "curated_database_name" {
  type        = string
  description = "Catalog database of the curated zone."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.curated_database_name))
    error_message = "A catalog database has lower-case letters, digits and underscores."
  }
}

variable "execution_class" {
  type        = string
  description = "STANDARD, or FLEX: a third cheaper, and started whenever there is room."
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["FLEX", "STANDARD"], var.execution_class)
    error_message = "Use STANDARD or FLEX."
  }
}

variable "glue_version" {
  type        = string
  description = "Glue version of the Spark jobs: 5.0 (Hudi 0.15), or 5.1 (Hudi 1.0)."
  default     = "5.0"
  nullable    = false

  validation {
    condition     = contains(["5.0", "5.1"], var.glue_version)
    error_message = "Use 5.0 or 5.1: the jobs are tested on these, and a job without a version gets the newest one."
  }
}

variable "job_role_arn" {
  type        = string
  description = "Role of the jobs: reads raw/ and scripts/, writes curated/ and quarantine/."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.job_role_arn))
    error_message = "Give the ARN of a role."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the environment."
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "Give the ARN of a key, not of an alias."
  }
}

variable "lake_bucket_id" {
  type        = string
  description = "The lake's bucket, by the output of module s3 that waits for versioning, encryption and policy."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.lake_bucket_id))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "library_path" {
  type        = string
  description = "Zip of the library that the jobs share, built by `make glue-library`."
  nullable    = false

  validation {
    condition     = endswith(var.library_path, ".zip")
    error_message = "Spark imports a zip; a wheel in --extra-py-files is not importable."
  }
}

variable "lob_max_size_kb" {
  type        = number
  description = "Length that DMS cuts texts to: the jobs count values that are just that long."
  default     = 32
  nullable    = false

  validation {
    condition     = var.lob_max_size_kb >= 1 && var.lob_max_size_kb <= 102400 && floor(var.lob_max_size_kb) == var.lob_max_size_kb
    error_message = "Give whole kilobytes from 1 to 102400."
  }
}

variable "max_retries" {
  type        = number
  description = "How often Glue repeats a failed run."
  default     = 1
  nullable    = false

  validation {
    condition     = contains([0, 1, 2, 3], var.max_retries)
    error_message = "Give 0 to 3."
  }
}

variable "metrics_namespace" {
  type        = string
  description = "CloudWatch namespace that the jobs publish to."
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

variable "network" {
  type = object({
    availability_zone    = string
    postgres_cidr_blocks = set(string)
    postgres_port        = number
    s3_endpoint_exists   = bool
    s3_prefix_list_id    = optional(string)
    subnet_id            = string
    vpc_id               = string
  })
  description = "Subnet that the network connection leads into; without it there is no connection."
  default     = null

  validation {
    condition     = var.network == null || try(length(var.network.postgres_cidr_blocks) > 0, false)
    error_message = "A way into the network leads to somewhere: give postgres_cidr_blocks."
  }
}

variable "number_of_workers" {
  type        = number
  description = "Workers per run, the driver included; above two, Glue scales down to what is needed."
  default     = 2
  nullable    = false

  validation {
    condition     = var.number_of_workers >= 2 && var.number_of_workers <= 100 && floor(var.number_of_workers) == var.number_of_workers
    error_message = "Give a whole number from 2 to 100."
  }
}

variable "quality_interval_hours" {
  type        = number
  description = "Hours between two evaluations of a table's quality; each costs a Spark run."
  default     = 24
  nullable    = false

  validation {
    condition     = var.quality_interval_hours >= 1 && var.quality_interval_hours <= 168 && floor(var.quality_interval_hours) == var.quality_interval_hours
    error_message = "Give whole hours from 1 to 168."
  }
}

variable "quality_rules" {
  type        = map(list(string))
  description = "Rules in DQDL by curated table. A reference names another curated table, as in ReferentialIntegrity \"order_id\" \"sales_order.order_id\"."
  default = {
    auto_parts = [
      "RowCount > 0",
      "IsPrimaryKey \"sku\"",
      "IsComplete \"name\"",
    ]
    csv_customers = [
      "RowCount > 0",
      "IsPrimaryKey \"email\"",
    ]
    csv_sales_order_parts = [
      "RowCount > 0",
      "IsComplete \"order_id\"",
      "ColumnValues \"quantity\" > 0",
    ]
    csv_sales_order_services = [
      "RowCount > 0",
      "IsComplete \"order_id\"",
      "ColumnValues \"quantity\" > 0",
    ]
    csv_sales_orders = [
      "RowCount > 0",
      "IsPrimaryKey \"order_id\"",
      "ColumnValues \"order_type\" in [\"Parts\", \"Service\", \"Mixed\"]",
    ]
    customers = [
      "RowCount > 0",
      "IsPrimaryKey \"customer_id\"",
      "IsComplete \"email\"",
      "IsUnique \"email\"",
    ]
    sales_order = [
      "RowCount > 0",
      "IsPrimaryKey \"order_id\"",
      "IsComplete \"order_date\"",
      "IsComplete \"total_amount\"",
      "IsUnique \"invoice_number\"",
      "ColumnValues \"order_type\" in [\"Parts\", \"Service\", \"Mixed\"]",
      "ReferentialIntegrity \"customer_id\" \"customers.customer_id\" = 1.0",
    ]
    sales_order_parts = [
      "RowCount > 0",
      "IsPrimaryKey \"line_item_id\"",
      "ColumnValues \"quantity\" > 0",
      "ReferentialIntegrity \"order_id\" \"sales_order.order_id\" = 1.0",
    ]
    sales_order_services = [
      "RowCount > 0",
      "IsPrimaryKey \"line_item_id\"",
      "ReferentialIntegrity \"order_id\" \"sales_order.order_id\" = 1.0",
      "ReferentialIntegrity \"serviceid\" \"service.serviceid\" = 1.0",
    ]
    service = [
      "RowCount > 0",
      "IsPrimaryKey \"serviceid\"",
    ]
    service_parts = [
      "RowCount > 0",
      "IsPrimaryKey \"service_part_id\"",
      "ReferentialIntegrity \"serviceid\" \"service.serviceid\" = 1.0",
    ]
  }
  nullable = false

  validation {
    condition     = alltrue([for rules in values(var.quality_rules) : length(rules) > 0])
    error_message = "A ruleset without rules is refused by Glue; leave the table out instead."
  }
}

variable "raw_database_name" {
  type        = string
  description = "Catalog database of the raw zone."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.raw_database_name))
    error_message = "A catalog database has lower-case letters, digits and underscores."
  }
}

variable "refresh_enabled" {
  type        = bool
  description = "Whether all tables are refreshed on schedule."
  default     = false
  nullable    = false
}

variable "refresh_schedule" {
  type        = string
  description = "When all tables are refreshed, as an AWS cron expression in UTC; five minutes is the shortest."
  default     = "cron(0/5 * * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^cron\\([0-9*/,-]+ [0-9*/,-]+ [0-9*?/,LW-]+ [0-9A-Z*/,-]+ [0-9A-Z*?/,L#-]+ [0-9*/,-]+\\)$", var.refresh_schedule)) && length(regexall("\\?", var.refresh_schedule)) == 1
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with a question mark for the day or for the weekday."
  }
}

variable "s3_encryption" {
  type        = string
  description = "How the lake is encrypted; the bucket refuses objects that are encrypted otherwise."
  default     = "SSE-KMS"
  nullable    = false

  validation {
    condition     = contains(["SSE-KMS", "SSE-S3"], var.s3_encryption)
    error_message = "Use SSE-KMS or SSE-S3."
  }
}

variable "scripts_path" {
  type        = string
  description = "Directory of the job scripts, one NAME.py per job."
  nullable    = false

  validation {
    condition     = length(var.scripts_path) > 0
    error_message = "Name a directory."
  }
}

variable "source_schema" {
  type        = string
  description = "Schema of the source; DMS makes it a folder of raw/database/."
  default     = "public"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]*$", var.source_schema))
    error_message = "Use lower-case letters, digits and underscores."
  }
}

variable "tables" {
  type        = set(string)
  description = "Tables of the source, one folder of raw/database/SCHEMA/ and one job each."
  default     = ["auto_parts", "customers", "sales_order", "sales_order_parts", "sales_order_services", "service", "service_parts"]
  nullable    = false

  validation {
    condition     = length(var.tables) > 0 && alltrue([for name in var.tables : can(regex("^[a-z][a-z0-9_]*$", name)) && !startswith(name, "csv_")])
    error_message = "Name at least one table, in lower-case letters, digits and underscores, and not csv_…, which are exports."
  }
}

variable "timeout_minutes" {
  type        = number
  description = "Minutes after which a run is stopped; Glue's own default is eight hours."
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_minutes >= 5 && var.timeout_minutes <= 480 && floor(var.timeout_minutes) == var.timeout_minutes
    error_message = "Give whole minutes from 5 to 480."
  }
}

variable "worker_type" {
  type        = string
  description = "Size of a worker: G.1X has 4 processors and 16 GB, each next one twice that."
  default     = "G.1X"
  nullable    = false

  validation {
    condition     = contains(["G.1X", "G.2X", "G.4X", "G.8X"], var.worker_type)
    error_message = "Use G.1X, G.2X, G.4X or G.8X."
  }
}
