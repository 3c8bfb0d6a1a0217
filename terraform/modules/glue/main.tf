locals {
  # What is refreshed: the seven tables of the source, and the exports, which are tables of their own.
  csv_job_keys = [for export in keys(var.csv_exports) : "csv_${export}"]
  job_keys     = toset(concat(sort(tolist(var.tables)), local.csv_job_keys))
  job_names    = { for key in local.job_keys : key => "${var.name_prefix}-${replace(key, "_", "-")}" }

  quality_job_name = "${var.name_prefix}-evaluate-quality"
  refresh_job_name = "${var.name_prefix}-refresh-all"
  workflow_name    = "${var.name_prefix}-refresh"

  # The key of an uploaded file carries what is in it: a job that is starting never finds other code than it was made
  # with, and an unchanged file is never uploaded again.
  scripts = {
    for key in setunion(local.job_keys, ["evaluate_quality", "refresh_all"]) : key => {
      file = "${var.scripts_path}/${key}.py"
      hash = try(filesha256("${var.scripts_path}/${key}.py"), "missing")
    }
  }
  library_hash = try(filesha256(var.library_path), "missing")
  library_key  = "scripts/lib/autocorp_glue-${substr(local.library_hash, 0, 12)}.zip"
  script_keys  = { for key, script in local.scripts : key => "scripts/jobs/${key}-${substr(script.hash, 0, 12)}.py" }

  lake         = "s3://${var.lake_bucket_id}"
  library_uri  = "${local.lake}/${aws_s3_object.library.key}"
  encrypts_kms = var.s3_encryption == "SSE-KMS"

  # One key must hold the whole chain: a map has no second "--conf".
  spark_conf = join(" --conf ", [
    "spark.serializer=org.apache.spark.serializer.KryoSerializer",
    "spark.kryo.registrator=org.apache.spark.HoodieSparkKryoRegistrar",
    "spark.sql.extensions=org.apache.spark.sql.hudi.HoodieSparkSessionExtension",
    "spark.sql.catalog.spark_catalog=org.apache.spark.sql.hudi.catalog.HoodieCatalog",
    "spark.sql.session.timeZone=UTC",
  ])

  # What every script is told about its surroundings.
  own_arguments = {
    "--curated_database"  = aws_glue_catalog_database.curated.name
    "--lake_bucket"       = var.lake_bucket_id
    "--metrics_namespace" = var.metrics_namespace
  }

  spark_arguments = merge(local.own_arguments, {
    "--TempDir"                      = "${local.lake}/tmp/glue/"
    "--conf"                         = local.spark_conf
    "--datalake-formats"             = "hudi"
    "--enable-auto-scaling"          = tostring(var.number_of_workers > 2)
    "--enable-glue-datacatalog"      = "true"
    "--enable-metrics"               = "true"
    "--enable-observability-metrics" = "true"
    "--enable-spark-ui"              = "true"
    "--extra-py-files"               = local.library_uri
    "--job-bookmark-option"          = "job-bookmark-disable"
    "--lob_max_size_kb"              = tostring(var.lob_max_size_kb)
    "--source_schema"                = var.source_schema
    "--spark-event-logs-path"        = "${local.lake}/logs/glue/spark/"
  })
}

# ---------------------------------------------------------------------------------------------------------------
# Code
# ---------------------------------------------------------------------------------------------------------------

resource "aws_s3_object" "script" {
  for_each = local.scripts

  bucket       = var.lake_bucket_id
  content_type = "text/x-python"
  key          = local.script_keys[each.key]
  source       = each.value.file
  # Not etag: under SSE-KMS it is no hash of the content.
  source_hash = each.value.hash

  # S3 takes ten tags per object, an environment may have forty; what an object is, its key says.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = fileexists(each.value.file)
      error_message = "The script ${each.value.file} is missing: the installation is incomplete, or scripts_path is wrong."
    }
  }
}

resource "aws_s3_object" "library" {
  bucket       = var.lake_bucket_id
  content_type = "application/zip"
  key          = local.library_key
  source       = var.library_path
  source_hash  = local.library_hash

  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = fileexists(var.library_path)
      error_message = "The jobs' library ${var.library_path} has not been built: run `make glue-library`."
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Catalog
# ---------------------------------------------------------------------------------------------------------------

resource "aws_glue_catalog_database" "raw" {
  description  = "Raw zone of ${var.name_prefix}: as delivered, described by the crawlers"
  location_uri = "${local.lake}/raw/"
  name         = var.raw_database_name

  tags = {
    Name = "${var.name_prefix}-catalog-raw"
  }
}

resource "aws_glue_catalog_database" "curated" {
  description  = "Curated zone of ${var.name_prefix}: Hudi tables, described by the jobs that write them"
  location_uri = "${local.lake}/curated/"
  name         = var.curated_database_name

  tags = {
    Name = "${var.name_prefix}-catalog-curated"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Encryption and network
# ---------------------------------------------------------------------------------------------------------------

# It cannot be changed, only replaced, and what uses it must have the new one before the old one goes: hence the hash.
resource "aws_glue_security_configuration" "this" {
  name = "${var.name_prefix}-${substr(sha256("${var.kms_key_arn} ${var.s3_encryption}"), 0, 8)}"

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = var.kms_key_arn
    }

    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = var.kms_key_arn
    }

    s3_encryption {
      kms_key_arn        = local.encrypts_kms ? var.kms_key_arn : null
      s3_encryption_mode = local.encrypts_kms ? "SSE-KMS" : "SSE-S3"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Glue puts network interfaces of its workers into the subnet; they must be able to talk to each other on any port.
resource "aws_security_group" "glue" {
  # checkov:skip=CKV2_AWS_5:The connection below names it, and Glue puts it on the interfaces that it makes for workers.
  count = var.network == null ? 0 : 1

  description = "Glue workers in the network: among themselves, out to the source and to S3"
  name        = "${var.name_prefix}-glue"
  vpc_id      = var.network.vpc_id

  tags = {
    Name = "${var.name_prefix}-glue"
  }
}

resource "aws_vpc_security_group_ingress_rule" "glue_workers" {
  # checkov:skip=CKV_AWS_24:Only members of the group itself get in; no address outside is named.
  # checkov:skip=CKV_AWS_25:Only members of the group itself get in; no address outside is named.
  # checkov:skip=CKV_AWS_260:Only members of the group itself get in; no address outside is named.
  count = var.network == null ? 0 : 1

  description                  = "Workers among themselves"
  from_port                    = 0
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.glue[0].id
  security_group_id            = aws_security_group.glue[0].id
  to_port                      = 65535

  tags = {
    Name = "${var.name_prefix}-glue-workers-in"
  }
}

resource "aws_vpc_security_group_egress_rule" "glue_workers" {
  count = var.network == null ? 0 : 1

  description                  = "Workers among themselves"
  from_port                    = 0
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.glue[0].id
  security_group_id            = aws_security_group.glue[0].id
  to_port                      = 65535

  tags = {
    Name = "${var.name_prefix}-glue-workers-out"
  }
}

resource "aws_vpc_security_group_egress_rule" "glue_postgres" {
  for_each = var.network == null ? toset([]) : var.network.postgres_cidr_blocks

  cidr_ipv4         = each.value
  description       = "Source database"
  from_port         = var.network.postgres_port
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.glue[0].id
  to_port           = var.network.postgres_port

  tags = {
    Name = "${var.name_prefix}-glue-postgres-${replace(each.value, "/", "-")}"
  }
}

resource "aws_vpc_security_group_egress_rule" "glue_s3" {
  count = try(var.network.s3_endpoint_exists, false) ? 1 : 0

  description       = "S3 through the gateway endpoint"
  from_port         = 443
  ip_protocol       = "tcp"
  prefix_list_id    = var.network.s3_prefix_list_id
  security_group_id = aws_security_group.glue[0].id
  to_port           = 443

  tags = {
    Name = "${var.name_prefix}-glue-s3"
  }
}

# For what must look at the source from inside the network, such as a count of rows on both sides. The jobs below do
# not use it: they need S3 and the catalog only, and a worker in a private subnet reaches no public endpoint.
resource "aws_glue_connection" "network" {
  count = var.network == null ? 0 : 1

  connection_type = "NETWORK"
  description     = "Way into the network of ${var.name_prefix}, for jobs that must reach the source"
  name            = "${var.name_prefix}-network"

  physical_connection_requirements {
    availability_zone      = var.network.availability_zone
    security_group_id_list = [aws_security_group.glue[0].id]
    subnet_id              = var.network.subnet_id
  }

  tags = {
    Name = "${var.name_prefix}-connection-network"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Crawlers: the raw zone only; the jobs describe what they write themselves
# ---------------------------------------------------------------------------------------------------------------

resource "aws_glue_crawler" "raw_database" {
  configuration = jsonencode({
    Version = 1
    CrawlerOutput = {
      Partitions = { AddOrUpdateBehavior = "InheritFromTable" }
    }
    Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" }
  })
  database_name          = aws_glue_catalog_database.raw.name
  description            = "What DMS delivers: one table per folder of raw/database/${var.source_schema}/"
  name                   = "${var.name_prefix}-raw-database"
  role                   = var.crawler_role_arn
  schedule               = var.crawlers_enabled ? var.crawler_schedule : null
  security_configuration = aws_glue_security_configuration.this.name
  table_prefix           = "raw_"

  recrawl_policy {
    recrawl_behavior = "CRAWL_EVERYTHING"
  }

  dynamic "s3_target" {
    for_each = sort(tolist(var.tables))

    content {
      # The wizard's epoch markers and what a writer leaves behind are no rows.
      exclusions = ["**/_epochs/**", "**/_temporary/**", "**.tmp"]
      path       = "${local.lake}/raw/database/${var.source_schema}/${s3_target.value}/"
    }
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }

  tags = {
    Name = "${var.name_prefix}-crawler-raw-database"
  }
}

resource "aws_glue_crawler" "raw_csv" {
  configuration = jsonencode({
    Version = 1
    CrawlerOutput = {
      Partitions = { AddOrUpdateBehavior = "InheritFromTable" }
    }
    Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" }
  })
  database_name          = aws_glue_catalog_database.raw.name
  description            = "What DataSync delivers: one table per folder of raw/csv/"
  name                   = "${var.name_prefix}-raw-csv"
  role                   = var.crawler_role_arn
  schedule               = var.crawlers_enabled ? var.crawler_schedule : null
  security_configuration = aws_glue_security_configuration.this.name
  # Not raw_ alone: customers is both a table of the source and an export.
  table_prefix = "raw_csv_"

  recrawl_policy {
    recrawl_behavior = "CRAWL_EVERYTHING"
  }

  dynamic "s3_target" {
    for_each = sort(values(var.csv_exports))

    content {
      exclusions = ["**/_epochs/**", "**/_temporary/**", "**.tmp"]
      path       = "${local.lake}/raw/csv/${s3_target.value}/"
    }
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }

  tags = {
    Name = "${var.name_prefix}-crawler-raw-csv"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Jobs
# ---------------------------------------------------------------------------------------------------------------

# For people: one table at a time. The schedule runs the job that refreshes all of them in one session.
resource "aws_glue_job" "table" {
  for_each = local.job_keys

  default_arguments      = local.spark_arguments
  description            = "Refreshes ${each.key}, by hand"
  execution_class        = var.execution_class
  glue_version           = var.glue_version
  max_retries            = var.max_retries
  name                   = local.job_names[each.key]
  number_of_workers      = var.number_of_workers
  role_arn               = var.job_role_arn
  security_configuration = aws_glue_security_configuration.this.name
  timeout                = var.timeout_minutes
  worker_type            = var.worker_type

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "${local.lake}/${aws_s3_object.script[each.key].key}"
  }

  # A Hudi table has one writer at a time.
  execution_property {
    max_concurrent_runs = 1
  }

  tags = {
    Name = "${var.name_prefix}-job-${replace(each.key, "_", "-")}"
  }
}

resource "aws_glue_job" "refresh_all" {
  default_arguments      = local.spark_arguments
  description            = "Refreshes all tables in one session; a table that fails does not stop the others"
  execution_class        = var.execution_class
  glue_version           = var.glue_version
  max_retries            = var.max_retries
  name                   = local.refresh_job_name
  number_of_workers      = var.number_of_workers
  role_arn               = var.job_role_arn
  security_configuration = aws_glue_security_configuration.this.name
  timeout                = var.timeout_minutes
  worker_type            = var.worker_type

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "${local.lake}/${aws_s3_object.script["refresh_all"].key}"
  }

  execution_property {
    max_concurrent_runs = 1
  }

  tags = {
    Name = "${var.name_prefix}-job-refresh-all"
  }
}

# Starts the rulesets and waits for them; a sixteenth of a DPU is enough for that.
resource "aws_glue_job" "evaluate_quality" {
  default_arguments = merge(local.own_arguments, {
    "--interval_hours"      = tostring(var.quality_interval_hours)
    "--job-bookmark-option" = "job-bookmark-disable"
    "--quality_role"        = var.job_role_arn
    "--ruleset_prefix"      = "${var.name_prefix}-"
  })
  description            = "Evaluates the data quality rulesets that are due"
  glue_version           = "3.0" # the only one that Python shell jobs of Python 3.9 know
  max_capacity           = 0.0625
  max_retries            = 0
  name                   = local.quality_job_name
  role_arn               = var.job_role_arn
  security_configuration = aws_glue_security_configuration.this.name
  timeout                = var.timeout_minutes

  command {
    name            = "pythonshell"
    python_version  = "3.9"
    script_location = "${local.lake}/${aws_s3_object.script["evaluate_quality"].key}"
  }

  execution_property {
    max_concurrent_runs = 1
  }

  tags = {
    Name = "${var.name_prefix}-job-evaluate-quality"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Workflow: refresh on schedule, then the quality of what was refreshed
# ---------------------------------------------------------------------------------------------------------------

resource "aws_glue_workflow" "refresh" {
  description         = "Refreshes all tables, then evaluates the quality that is due"
  max_concurrent_runs = 1
  name                = local.workflow_name

  tags = {
    Name = "${var.name_prefix}-workflow-refresh"
  }
}

resource "aws_glue_trigger" "refresh_start" {
  description       = "Starts the refresh"
  enabled           = var.refresh_enabled
  name              = "${var.name_prefix}-refresh-start"
  schedule          = var.refresh_schedule
  start_on_creation = var.refresh_enabled
  type              = "SCHEDULED"
  workflow_name     = aws_glue_workflow.refresh.name

  actions {
    job_name = aws_glue_job.refresh_all.name
  }

  tags = {
    Name = "${var.name_prefix}-trigger-refresh-start"
  }
}

resource "aws_glue_trigger" "quality_after_refresh" {
  description       = "Evaluates quality once all tables are refreshed"
  enabled           = true
  name              = "${var.name_prefix}-quality-after-refresh"
  start_on_creation = true
  type              = "CONDITIONAL"
  workflow_name     = aws_glue_workflow.refresh.name

  actions {
    job_name = aws_glue_job.evaluate_quality.name
  }

  predicate {
    conditions {
      job_name = aws_glue_job.refresh_all.name
      state    = "SUCCEEDED"
    }
  }

  tags = {
    Name = "${var.name_prefix}-trigger-quality-after-refresh"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Quality of what was refreshed
# ---------------------------------------------------------------------------------------------------------------

resource "aws_glue_data_quality_ruleset" "table" {
  for_each = { for key in local.job_keys : key => var.quality_rules[key] if contains(keys(var.quality_rules), key) }

  description = "Quality of ${each.key}"
  name        = "${var.name_prefix}-${replace(each.key, "_", "-")}"
  ruleset     = "Rules = [${join(", ", each.value)}]"

  target_table {
    database_name = aws_glue_catalog_database.curated.name
    table_name    = each.key
  }

  tags = {
    Name = "${var.name_prefix}-quality-${replace(each.key, "_", "-")}"
  }
}
