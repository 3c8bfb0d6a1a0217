variable "account_id" {
  type        = string
  description = "Account that this environment lives in; credentials of any other are refused. null takes the account of the credentials."
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits, in quotes so that leading zeros stay."
  }
}

variable "alarm_email_addresses" {
  type        = set(string)
  description = "Who is told of alarms and costs by mail; each address has to confirm once."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_email_addresses : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "An address looks like on-call@example.com."
  }
}

variable "athena_analyst_principals" {
  type        = set(string)
  description = "ARNs or account ids that may assume the analyst role; without any the role is not made."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for principal in var.athena_analyst_principals : can(regex("^([0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|user/.+|role/.+|assumed-role/.+))$", principal))])
    error_message = "Give account ids, or ARNs of users and roles; never a wildcard."
  }
}

variable "athena_scan_limit_gb" {
  type        = number
  description = "GB that one Athena query may scan before it is cancelled (phase 2); 1000 GB cost about 5 USD."
  default     = 100
  nullable    = false

  validation {
    condition     = var.athena_scan_limit_gb >= 1 && var.athena_scan_limit_gb <= 100000 && floor(var.athena_scan_limit_gb) == var.athena_scan_limit_gb
    error_message = "Give whole GB from 1 to 100000."
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "Zones of the two subnets; the first two of the region when empty. Changing them replaces the subnets."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.availability_zones) == 0 || (length(var.availability_zones) == 2 && length(distinct(var.availability_zones)) == 2 && alltrue([for zone in var.availability_zones : startswith(zone, var.region)]))
    error_message = "Name two different zones of the region, or none."
  }
}

variable "budget_by_environment_tag" {
  type        = bool
  description = "Whether the budget counts what carries this environment's tag only, not the whole account. Activate the tag Environment for cost allocation first, or nothing is counted."
  default     = false
  nullable    = false
}

variable "budget_limit_usd" {
  type        = number
  description = "Monthly budget in USD: the estimate for the preset, and a fifth more."
  default     = 585
  nullable    = false

  validation {
    condition     = var.budget_limit_usd >= 1 && var.budget_limit_usd <= 1000000
    error_message = "Give 1 to 1,000,000 USD."
  }
}

variable "cdc_latency_alarm_seconds" {
  type        = number
  description = "Seconds that replication may be behind; three minutes in a row above it are an alarm."
  default     = 300
  nullable    = false

  validation {
    condition     = var.cdc_latency_alarm_seconds >= 60 && var.cdc_latency_alarm_seconds <= 86400 && floor(var.cdc_latency_alarm_seconds) == var.cdc_latency_alarm_seconds
    error_message = "Give whole seconds from 60 (replication itself waits up to a minute before it writes) to 86400."
  }
}

variable "cdc_missing_data_is_alarm" {
  type        = bool
  description = "Whether silence of a started replication is an alarm: no data is not zero lag."
  default     = true
  nullable    = false
}

variable "create_datasync_endpoint" {
  type        = bool
  description = "Whether DataSync gets an interface endpoint, so that the agent needs no way to public addresses."
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_datasync_endpoint || (length(var.datasync_agent_cidr_blocks) > 0 && (var.create_vpc || var.vpc_id != null))
    error_message = "A DataSync endpoint needs datasync_agent_cidr_blocks (who may reach it) and a network (create_vpc or vpc_id)."
  }
}

variable "create_dms_account_roles" {
  type        = bool
  description = "Whether this state owns dms-vpc-role and dms-cloudwatch-logs-role. They exist once per account: true for the first environment in an account, false for the others."
  default     = true
  nullable    = false
}

variable "create_s3_endpoint" {
  type        = bool
  description = "Whether S3 gets a gateway endpoint (free)."
  default     = true
  nullable    = false

  validation {
    condition     = !var.create_s3_endpoint || var.create_vpc || var.vpc_id == null || length(var.route_table_ids) > 0
    error_message = "In an existing network the gateway endpoint needs route_table_ids; set create_s3_endpoint to false where one exists."
  }
}

variable "create_secretsmanager_endpoint" {
  type        = bool
  description = "Whether Secrets Manager gets an interface endpoint; without it DMS needs NAT or an endpoint that exists."
  default     = true
  nullable    = false
}

variable "create_vpc" {
  type        = bool
  description = "Whether a network is made; false uses vpc_id, or no network at all."
  default     = true
  nullable    = false

  validation {
    condition     = !(var.create_vpc && var.vpc_id != null)
    error_message = "Either create_vpc or vpc_id, not both."
  }
}

variable "data_lake_bucket_name" {
  type        = string
  description = "Name of the lake's bucket; null makes PROJECT-datalake-ENVIRONMENT-ACCOUNT."
  default     = null

  validation {
    condition     = var.data_lake_bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.data_lake_bucket_name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens; dots would break TLS."
  }
}

variable "datasync_agent_arns" {
  type        = list(string)
  description = "Activated DataSync agents, one to eight, that together serve every source location; written by the wizard after activation."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.datasync_agent_arns) <= 8 && alltrue([for arn in var.datasync_agent_arns : can(regex("^arn:aws[a-z-]*:datasync:[a-z0-9-]+:[0-9]{12}:agent/agent-[0-9a-z]{17}$", arn))])
    error_message = "Give up to eight ARNs such as arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0."
  }
}

variable "datasync_agent_cidr_blocks" {
  type        = list(string)
  description = "Addresses of the DataSync agents that use the interface endpoint."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.datasync_agent_cidr_blocks : can(cidrhost(block, 0)) && !can(regex(":", block))])
    error_message = "Give IPv4 blocks such as 10.20.0.5/32."
  }
}

variable "datasync_bytes_per_second" {
  type        = number
  description = "Most that a transfer takes of the line, in bytes per second; -1 sets no limit."
  default     = -1
  nullable    = false

  validation {
    condition     = var.datasync_bytes_per_second == -1 || (var.datasync_bytes_per_second >= 131072 && floor(var.datasync_bytes_per_second) == var.datasync_bytes_per_second)
    error_message = "Give whole bytes per second, 131072 (one megabit) or more, or -1 for no limit."
  }
}

variable "datasync_create_log_policy" {
  type        = bool
  description = "Whether this state owns the CloudWatch Logs resource policy for DataSync; a region takes ten of them."
  default     = true
  nullable    = false
}

variable "datasync_custom_schedule" {
  type        = string
  description = "AWS cron expression in UTC that counts where datasync_schedule is custom."
  default     = null

  validation {
    condition     = var.datasync_custom_schedule == null || can(regex("^cron\\([0-9]{1,2} [0-9*/,-]+ ([?] [0-9A-Z*/,-]+ [0-9A-Z*/,L#-]+|[0-9*/,LW-]+ [0-9A-Z*/,-]+ [?]) [0-9*/,-]+\\)$", var.datasync_custom_schedule))
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with one minute (a task runs once an hour at most) and a question mark for the day or for the weekday, for example cron(0 4 * * ? *)."
  }
}

variable "datasync_exclude_patterns" {
  type        = list(string)
  description = "Paths that are never transferred; * stands for anything."
  default     = ["*/.*", "*.tmp", "*.part"]
  nullable    = false

  validation {
    condition     = alltrue([for pattern in var.datasync_exclude_patterns : can(regex("^[*/][^|]*$", pattern))])
    error_message = "A pattern starts with / or *, and holds no bar."
  }
}

variable "datasync_include_patterns" {
  type        = map(string)
  description = "Which files of a source are its export, by export, where it is not /FILE.csv; patterns are joined by bars."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export, pattern in var.datasync_include_patterns : contains(["customers", "parts", "sales_orders", "services"], export) && can(regex("^/[^|]+([|]/[^|]+)*$", pattern))])
    error_message = "Exports are customers, parts, sales_orders, services; a pattern starts with /, as /customers*.csv."
  }
}

variable "datasync_log_level" {
  type        = string
  description = "What transfers log: OFF, BASIC (errors and summaries) or TRANSFER (each file)."
  default     = "BASIC"
  nullable    = false

  validation {
    condition     = contains(["OFF", "BASIC", "TRANSFER"], var.datasync_log_level)
    error_message = "Use OFF, BASIC or TRANSFER."
  }
}

variable "datasync_log_retention_days" {
  type        = number
  description = "Days that the transfers' logs are kept, as CloudWatch Logs counts them."
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.datasync_log_retention_days)
    error_message = "CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "datasync_nfs_sources" {
  type = map(object({
    server_hostname = string
    subdirectory    = string
    version         = optional(string, "AUTOMATIC")
  }))
  description = "NFS share of each export (customers, parts, sales_orders, services) that lies on one; the agents mount it."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export in keys(var.datasync_nfs_sources) : contains(["customers", "parts", "sales_orders", "services"], export)])
    error_message = "Exports are customers, parts, sales_orders, services."
  }

  validation {
    condition     = alltrue([for share in values(var.datasync_nfs_sources) : can(regex("^[A-Za-z0-9]([A-Za-z0-9.:-]{0,253}[A-Za-z0-9])?$", share.server_hostname)) && can(regex("^/([A-Za-z0-9_+./() -]*/)?$", share.subdirectory)) && contains(["AUTOMATIC", "NFS3", "NFS4_0", "NFS4_1"], share.version)])
    error_message = "A share has a server_hostname without a scheme, a subdirectory that starts and ends with a slash, and a version AUTOMATIC, NFS3, NFS4_0 or NFS4_1."
  }
}

variable "datasync_schedule" {
  type        = string
  description = "When the exports are transferred: hourly, daily, custom (datasync_custom_schedule) or off."
  default     = "daily"
  nullable    = false

  validation {
    condition     = contains(["custom", "daily", "hourly", "off"], var.datasync_schedule)
    error_message = "Use hourly, daily, custom or off."
  }

  validation {
    condition     = (var.datasync_schedule == "custom") == (var.datasync_custom_schedule != null)
    error_message = "datasync_schedule custom and datasync_custom_schedule belong together."
  }
}

variable "datasync_source_location_arns" {
  type        = map(string)
  description = "Source location of each export that is made elsewhere: SMB, EFS and what else DataSync reads."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for export, arn in var.datasync_source_location_arns : contains(["customers", "parts", "sales_orders", "services"], export) && can(regex("^arn:aws[a-z-]*:datasync:[a-z0-9-]+:[0-9]{12}:location/loc-[0-9a-z]{17}$", arn))])
    error_message = "Exports are customers, parts, sales_orders, services, each with the ARN of a location such as arn:aws:datasync:us-east-1:123456789012:location/loc-0123456789abcdef0."
  }

  validation {
    condition     = length(setintersection(keys(var.datasync_source_location_arns), keys(var.datasync_nfs_sources))) == 0
    error_message = "An export has one source: name it in datasync_nfs_sources or in datasync_source_location_arns, not in both."
  }
}

variable "datasync_task_report" {
  type        = string
  description = "Report of each transfer under logs/datasync/: errors (what failed) or all (each file)."
  default     = "errors"
  nullable    = false

  validation {
    condition     = contains(["all", "errors"], var.datasync_task_report)
    error_message = "Use errors or all."
  }
}

variable "dms_allocated_storage_gb" {
  type        = number
  description = "Storage of the instance, for cached changes and logs; 50 GB are included in the price. It can grow, not shrink."
  default     = 50
  nullable    = false

  validation {
    condition     = var.dms_allocated_storage_gb >= 5 && var.dms_allocated_storage_gb <= 6144 && floor(var.dms_allocated_storage_gb) == var.dms_allocated_storage_gb
    error_message = "Give whole gigabytes from 5 to 6144."
  }
}

variable "dms_apply_immediately" {
  type        = bool
  description = "Whether changes to the instance happen at once, interrupting replication, instead of in the maintenance window."
  default     = false
  nullable    = false
}

variable "dms_cdc_max_batch_interval_seconds" {
  type        = number
  description = "Longest wait before changes are written to a file."
  default     = 60
  nullable    = false

  validation {
    condition     = var.dms_cdc_max_batch_interval_seconds >= 1 && var.dms_cdc_max_batch_interval_seconds <= 86400 && floor(var.dms_cdc_max_batch_interval_seconds) == var.dms_cdc_max_batch_interval_seconds
    error_message = "Give whole seconds from 1 to 86400."
  }
}

variable "dms_engine_version" {
  type        = string
  description = "DMS engine version; null takes the newest default at creation and leaves it to minor upgrades."
  default     = null

  validation {
    condition     = var.dms_engine_version == null || can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.dms_engine_version))
    error_message = "A version looks like 3.5.4."
  }
}

variable "dms_heartbeat_schema" {
  type        = string
  description = "Schema on the source that the login may create a table in, for the heartbeat. Choose before the first apply: later only `aws dms modify-endpoint` changes it."
  default     = "dms_artifacts"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", var.dms_heartbeat_schema))
    error_message = "A schema name has 1 to 63 letters, digits, underscores and dollar signs."
  }
}

variable "dms_instance_class" {
  type        = string
  description = "Size of the replication instance."
  default     = "dms.t3.medium"
  nullable    = false

  validation {
    condition     = can(regex("^dms\\.[a-z][0-9][a-z]*\\.[0-9]*(micro|small|medium|large|xlarge)$", var.dms_instance_class))
    error_message = "A class looks like dms.t3.medium or dms.r6i.2xlarge."
  }
}

variable "dms_lob_max_size_kb" {
  type        = number
  description = "Longest text that is replicated whole; longer ones are cut off there."
  default     = 32
  nullable    = false

  validation {
    condition     = var.dms_lob_max_size_kb >= 1 && var.dms_lob_max_size_kb <= 102400 && floor(var.dms_lob_max_size_kb) == var.dms_lob_max_size_kb
    error_message = "Give whole kilobytes from 1 to 102400."
  }
}

variable "dms_log_retention_days" {
  type        = number
  description = "Days that task logs are kept."
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.dms_log_retention_days)
    error_message = "CloudWatch Logs knows certain periods only, for example 14, 30, 90 or 365 days."
  }
}

variable "dms_maintenance_window" {
  type        = string
  description = "Weekly half hour or more in UTC in which AWS may restart the instance."
  default     = "sun:04:00-sun:05:00"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.dms_maintenance_window))
    error_message = "A window looks like sun:04:00-sun:05:00, in lower case and UTC."
  }
}

variable "dms_multi_az" {
  type        = bool
  description = "Whether a standby instance in another zone takes over when the first fails; doubles the price."
  default     = false
  nullable    = false
}

variable "dms_start_replication" {
  type        = bool
  description = "Whether the task runs. False at first, until both connections are tested; once true it stays true, because the task is started again after a change only then."
  default     = false
  nullable    = false

  validation {
    condition     = !var.dms_start_replication || (var.enable_dms && var.postgres_password_counter > 0)
    error_message = "Replication starts with enable_dms only, and with a secret that has a value (postgres_password_counter)."
  }
}

variable "enable_datasync" {
  type        = bool
  description = "Phase 4: scheduled transfers of the exports. Needs an activated agent and a source."
  default     = false
  nullable    = false

  validation {
    condition     = !var.enable_datasync || length(var.datasync_agent_arns) > 0
    error_message = "The datasync phase needs an activated agent: give its ARN in datasync_agent_arns (the wizard does after `autocorp-wizard agent activate`)."
  }

  validation {
    condition     = !var.enable_datasync || length(var.datasync_nfs_sources) + length(var.datasync_source_location_arns) > 0
    error_message = "The datasync phase needs a source for one export at least: datasync_nfs_sources or datasync_source_location_arns."
  }
}

variable "enable_dms" {
  type        = bool
  description = "Phase 3: replication instance, both endpoints and the task."
  default     = false
  nullable    = false

  validation {
    condition     = !var.enable_dms || var.create_vpc || var.vpc_id != null
    error_message = "Replication needs a network: create_vpc or vpc_id."
  }
}

variable "enable_glue" {
  type        = bool
  description = "Phase 2: catalog, crawlers, jobs, quality rules and queries."
  default     = true
  nullable    = false
}

variable "enable_glue_crawlers" {
  type        = bool
  description = "Whether the raw zone is crawled on a schedule (phase 2)."
  default     = true
  nullable    = false
}

variable "enable_s3_versioning" {
  type        = bool
  description = "Whether overwritten and deleted objects are kept as noncurrent versions for a while."
  default     = true
  nullable    = false
}

variable "enable_secret_audit_trail" {
  type        = bool
  description = "Whether a trail of this account's calls is kept, and everybody but replication who reads the source's password is told of. Leave it off where the account has a trail: a second copy of management events is charged for."
  default     = false
  nullable    = false
}

variable "environment" {
  type        = string
  description = "Name of the environment; part of every name, so it never changes."
  default     = "dev"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.environment)) && length(var.environment) <= 20
    error_message = "Use 2 to 20 lower-case letters, digits and single hyphens, starting with a letter and not ending with a hyphen."
  }
}

variable "force_destroy" {
  type        = bool
  description = "Whether destroy also deletes what the buckets hold. Off in production: turn it on in a plan of its own first."
  default     = false
  nullable    = false
}

variable "glue_crawler_schedule" {
  type        = string
  description = "When the crawlers run (phase 2), as an AWS cron expression in UTC."
  default     = "cron(0 2 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^cron\\([0-9*/,-]+ [0-9*/,-]+ [0-9*?/,LW-]+ [0-9A-Z*/,-]+ [0-9A-Z*?/,L#-]+ [0-9*/,-]+\\)$", var.glue_crawler_schedule)) && length(regexall("\\?", var.glue_crawler_schedule)) == 1
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with a question mark for the day or for the weekday, for example cron(0 2 * * ? *)."
  }
}

variable "glue_execution_class" {
  type        = string
  description = "STANDARD, or FLEX (phase 2): a third cheaper, started when there is room; not for promises in minutes."
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["FLEX", "STANDARD"], var.glue_execution_class)
    error_message = "Use STANDARD or FLEX."
  }
}

variable "glue_job_timeout_minutes" {
  type        = number
  description = "Minutes after which a job's run is stopped (phase 2); Glue's own default is eight hours."
  default     = 30
  nullable    = false

  validation {
    condition     = var.glue_job_timeout_minutes >= 5 && var.glue_job_timeout_minutes <= 480 && floor(var.glue_job_timeout_minutes) == var.glue_job_timeout_minutes
    error_message = "Give whole minutes from 5 to 480."
  }
}

variable "glue_number_of_workers" {
  type        = number
  description = "Workers of a job's run, the driver included (phase 2); above two, Glue scales down to what is needed."
  default     = 2
  nullable    = false

  validation {
    condition     = var.glue_number_of_workers >= 2 && var.glue_number_of_workers <= 100 && floor(var.glue_number_of_workers) == var.glue_number_of_workers
    error_message = "Give a whole number from 2 to 100."
  }
}

variable "glue_refresh_enabled" {
  type        = bool
  description = "Whether all tables are refreshed on schedule (phase 2); without, somebody starts the jobs by hand."
  default     = false
  nullable    = false
}

variable "glue_refresh_schedule" {
  type        = string
  description = "When all tables are refreshed (phase 2), as an AWS cron expression in UTC; five minutes is the shortest."
  default     = "cron(0/5 * * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^cron\\([0-9*/,-]+ [0-9*/,-]+ [0-9*?/,LW-]+ [0-9A-Z*/,-]+ [0-9A-Z*?/,L#-]+ [0-9*/,-]+\\)$", var.glue_refresh_schedule)) && length(regexall("\\?", var.glue_refresh_schedule)) == 1
    error_message = "Use cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) with a question mark for the day or for the weekday, for example cron(0/5 * * * ? *)."
  }
}

variable "glue_version" {
  type        = string
  description = "Glue version of the jobs (phase 2): 5.0 (Hudi 0.15), or 5.1 (Hudi 1.0)."
  default     = "5.0"
  nullable    = false

  validation {
    condition     = contains(["5.0", "5.1"], var.glue_version)
    error_message = "Use 5.0 or 5.1; the jobs are tested on these."
  }
}

variable "glue_worker_type" {
  type        = string
  description = "Size of a job's worker (phase 2): G.1X has 4 processors and 16 GB, each next one twice that."
  default     = "G.1X"
  nullable    = false

  validation {
    condition     = contains(["G.1X", "G.2X", "G.4X", "G.8X"], var.glue_worker_type)
    error_message = "Use G.1X, G.2X, G.4X or G.8X."
  }
}

variable "kms_deletion_window_days" {
  type        = number
  description = "Days that the destroyed key stays recoverable."
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_deletion_window_days >= 7 && var.kms_deletion_window_days <= 30 && floor(var.kms_deletion_window_days) == var.kms_deletion_window_days
    error_message = "Give whole days from 7 to 30."
  }
}

variable "postgres_ca_certificate_pem" {
  type        = string
  description = "Certificate of the authority that signed the source's, in PEM; needed where postgres_ssl_mode verifies."
  default     = null

  validation {
    condition     = var.postgres_ca_certificate_pem == null || try(startswith(trimspace(var.postgres_ca_certificate_pem), "-----BEGIN CERTIFICATE-----"), false)
    error_message = "A certificate in PEM begins with -----BEGIN CERTIFICATE-----."
  }

  validation {
    condition     = !var.enable_dms || var.postgres_ca_certificate_pem != null || !startswith(var.postgres_ssl_mode, "verify-")
    error_message = "Replication with postgres_ssl_mode verify-ca or verify-full needs postgres_ca_certificate_pem."
  }
}

variable "postgres_cidr_blocks" {
  type        = list(string)
  description = "Where the source database may be; DMS may open connections there and nowhere else."
  default     = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
  nullable    = false

  validation {
    condition     = length(var.postgres_cidr_blocks) > 0 && alltrue([for block in var.postgres_cidr_blocks : can(cidrhost(block, 0)) && !can(regex(":", block))])
    error_message = "Give at least one IPv4 block such as 10.0.0.0/8."
  }
}

variable "postgres_database" {
  type        = string
  description = "Name of the source database."
  default     = "autocorp"
  nullable    = false

  validation {
    condition     = can(regex("^[^|]{1,63}$", var.postgres_database))
    error_message = "A PostgreSQL database name has 1 to 63 characters (and no bar, for our own sake)."
  }
}

variable "postgres_host" {
  type        = string
  description = "Host of the source database, as DMS will see it; null while it is not known."
  default     = null

  validation {
    condition     = var.postgres_host == null || can(regex("^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", var.postgres_host))
    error_message = "Give a host name or an IP address, without a scheme and without a port."
  }
}

variable "postgres_password" {
  type        = string
  description = "Password of the source, given as TF_VAR_postgres_password when the counter changes; ephemeral, so it reaches neither plan nor state."
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
  description = "0 = the secret has no value yet; count up, with the password at hand, to write it (again)."
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

variable "postgres_schema" {
  type        = string
  description = "Schema of the replicated tables; part of their path in the lake."
  default     = "public"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", var.postgres_schema))
    error_message = "A schema name has 1 to 63 letters, digits, underscores and dollar signs."
  }
}

variable "postgres_ssl_mode" {
  type        = string
  description = "How replication's connection to the source is encrypted and the source's name is checked: none, require, verify-ca, verify-full."
  default     = "verify-full"
  nullable    = false

  validation {
    condition     = contains(["none", "require", "verify-ca", "verify-full"], var.postgres_ssl_mode)
    error_message = "Use none, require, verify-ca or verify-full."
  }
}

variable "postgres_tables" {
  type        = set(string)
  description = "Tables to replicate; those of table_mappings.json when empty."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.postgres_tables) <= 100 && alltrue([for table in var.postgres_tables : can(regex("^[A-Za-z_][A-Za-z0-9_$]{0,62}$", table))])
    error_message = "Name up to 100 tables, each by its full name: a wildcard would also copy the heartbeat's table."
  }
}

variable "postgres_username" {
  type        = string
  description = "Role that DMS logs in as."
  default     = "dms_replication"
  nullable    = false

  validation {
    condition     = can(regex("^[^|]{1,63}$", var.postgres_username))
    error_message = "A PostgreSQL role name has 1 to 63 characters (and no bar, for our own sake)."
  }
}

variable "project_name" {
  type        = string
  description = "Name of the project; part of every name, so it never changes."
  default     = "autocorp"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.project_name)) && length(var.project_name) <= 20
    error_message = "Use 2 to 20 lower-case letters, digits and single hyphens, starting with a letter and not ending with a hyphen."
  }
}

variable "region" {
  type        = string
  description = "Region of the environment."
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "route_table_ids" {
  type        = list(string)
  description = "Route tables of existing subnets, for the gateway endpoint."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.route_table_ids : can(regex("^rtb-[0-9a-f]+$", id))])
    error_message = "A route table id looks like rtb-0123456789abcdef0."
  }
}

variable "s3_abort_multipart_days" {
  type        = number
  description = "Days after which an unfinished multipart upload is removed."
  default     = 7
  nullable    = false

  validation {
    condition     = var.s3_abort_multipart_days >= 1 && var.s3_abort_multipart_days <= 3650 && floor(var.s3_abort_multipart_days) == var.s3_abort_multipart_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "s3_access_logs_expiration_days" {
  type        = number
  description = "Days after which access logs expire."
  default     = 90
  nullable    = false

  validation {
    condition     = var.s3_access_logs_expiration_days >= 1 && var.s3_access_logs_expiration_days <= 3650 && floor(var.s3_access_logs_expiration_days) == var.s3_access_logs_expiration_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "s3_cors_rules" {
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
      for rule in var.s3_cors_rules : length(rule.allowed_methods) > 0 && length(rule.allowed_origins) > 0 &&
      alltrue([for method in rule.allowed_methods : contains(["GET", "HEAD", "PUT", "POST", "DELETE"], method)])
    ])
    error_message = "Each rule needs at least one origin and methods out of GET, HEAD, PUT, POST, DELETE."
  }
}

variable "s3_encryption" {
  type        = string
  description = "How the lake is encrypted: SSE-KMS with the environment's key, or SSE-S3."
  default     = "SSE-KMS"
  nullable    = false

  validation {
    condition     = contains(["SSE-KMS", "SSE-S3"], var.s3_encryption)
    error_message = "Use SSE-KMS or SSE-S3."
  }
}

variable "s3_intelligent_tiering_zones" {
  type        = set(string)
  description = "Zones whose objects are put into Intelligent-Tiering; none by default."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.s3_intelligent_tiering_zones : contains(["raw", "curated", "quarantine", "logs", "scripts"], zone)]) && !(contains(var.s3_intelligent_tiering_zones, "raw") && var.s3_lifecycle_days > 0)
    error_message = "Zones are raw, curated, quarantine, logs, scripts; raw only with s3_lifecycle_days = 0, since it goes to Glacier otherwise."
  }
}

variable "s3_lifecycle_days" {
  type        = number
  description = "Days after which objects under raw/ move to Glacier; 0 never."
  default     = 90
  nullable    = false

  validation {
    condition     = var.s3_lifecycle_days >= 0 && var.s3_lifecycle_days <= 3650 && floor(var.s3_lifecycle_days) == var.s3_lifecycle_days
    error_message = "Give whole days from 0 to 3650."
  }
}

variable "s3_logs_expiration_days" {
  type        = number
  description = "Days after which objects under logs/ in the lake expire; 0 keeps them."
  default     = 365
  nullable    = false

  validation {
    condition     = var.s3_logs_expiration_days >= 0 && var.s3_logs_expiration_days <= 3650 && floor(var.s3_logs_expiration_days) == var.s3_logs_expiration_days
    error_message = "Give whole days from 0 to 3650."
  }
}

variable "s3_noncurrent_version_days" {
  type        = number
  description = "Days after which overwritten or deleted versions outside raw/ expire."
  default     = 30
  nullable    = false

  validation {
    condition     = var.s3_noncurrent_version_days >= 1 && var.s3_noncurrent_version_days <= 3650 && floor(var.s3_noncurrent_version_days) == var.s3_noncurrent_version_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "s3_raw_noncurrent_version_days" {
  type        = number
  description = "Days after which overwritten or deleted versions under raw/ expire."
  default     = 7
  nullable    = false

  validation {
    condition     = var.s3_raw_noncurrent_version_days >= 1 && var.s3_raw_noncurrent_version_days <= 3650 && floor(var.s3_raw_noncurrent_version_days) == var.s3_raw_noncurrent_version_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "s3_replication" {
  type = object({
    account_id    = optional(string)
    bucket_arn    = string
    kms_key_arn   = optional(string)
    region        = optional(string)
    storage_class = optional(string, "STANDARD_IA")
    zones         = optional(set(string), ["curated"])
  })
  description = "Copy of zones in another, versioned bucket (account_id when another account owns it); none by default."
  default     = null

  validation {
    condition     = var.s3_replication == null || try(can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+$", var.s3_replication.bucket_arn)) && length(var.s3_replication.zones) > 0, false)
    error_message = "bucket_arn is the ARN of a bucket, arn:aws:s3:::NAME, and zones names one zone or more."
  }

  validation {
    condition     = var.s3_replication == null || var.enable_s3_versioning
    error_message = "Replication needs enable_s3_versioning."
  }

  validation {
    condition     = var.s3_replication == null || var.s3_encryption != "SSE-KMS" || try(var.s3_replication.kms_key_arn, null) != null
    error_message = "Objects under SSE-KMS are replicated only with a kms_key_arn at the destination."
  }
}

variable "s3_tmp_expiration_days" {
  type        = number
  description = "Days after which objects under tmp/ expire."
  default     = 7
  nullable    = false

  validation {
    condition     = var.s3_tmp_expiration_days >= 1 && var.s3_tmp_expiration_days <= 3650 && floor(var.s3_tmp_expiration_days) == var.s3_tmp_expiration_days
    error_message = "Give whole days from 1 to 3650."
  }
}

variable "secret_recovery_window_days" {
  type        = number
  description = "Days that a deleted secret stays recoverable, and its name taken: 0 (gone at once) or 7 to 30."
  default     = 30
  nullable    = false

  validation {
    condition     = var.secret_recovery_window_days == 0 || (var.secret_recovery_window_days >= 7 && var.secret_recovery_window_days <= 30 && floor(var.secret_recovery_window_days) == var.secret_recovery_window_days)
    error_message = "Secrets Manager takes 0, or 7 to 30 whole days."
  }
}

variable "single_zone_endpoints" {
  type        = bool
  description = "Whether interface endpoints stand in one zone only: half the price, no redundancy."
  default     = false
  nullable    = false
}

variable "subnet_ids" {
  type        = list(string)
  description = "Existing subnets, in two zones at least."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "A subnet id looks like subnet-0123456789abcdef0."
  }

  validation {
    condition     = var.vpc_id == null ? length(var.subnet_ids) == 0 : length(distinct(var.subnet_ids)) >= 2
    error_message = "vpc_id needs two subnets or more, and subnet_ids are for an existing network only."
  }
}

variable "tags" {
  type        = map(string)
  description = "Further tags on everything."
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.tags), ["Environment", "ManagedBy", "Name", "Project"])) == 0 && length(var.tags) <= 40
    error_message = "Environment, ManagedBy, Name and Project are set by this configuration; at most 40 further tags."
  }
}

variable "vpc_cidr" {
  type        = string
  description = "Addresses of the network that is made; must not overlap the source's."
  default     = "10.60.0.0/22"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr))
    error_message = "Give an IPv4 block from /16 to /24."
  }
}

variable "vpc_id" {
  type        = string
  description = "Existing network to use instead of making one."
  default     = null

  validation {
    condition     = var.vpc_id == null || can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "A network id looks like vpc-0123456789abcdef0."
  }
}
