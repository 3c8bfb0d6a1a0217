locals {
  # Derived from what is public in the secret, so that a changed host is seen although the value itself is never
  # kept. 12 hexadecimal digits stay exact in any JSON reader (below 2^53).
  version_number = parseint(substr(sha256(join("|", [
    coalesce(var.postgres_host, "-"),
    var.postgres_port,
    var.postgres_username,
    var.postgres_database,
    var.postgres_password_counter,
  ])), 0, 12), 16)
}

resource "aws_secretsmanager_secret" "postgres" {
  # checkov:skip=CKV2_AWS_57:The password is changed where it lives, in PostgreSQL, by its owner, and written here with `secret set`; AWS cannot reach that database to rotate it.
  description             = "PostgreSQL source of ${var.name_prefix}: engine, host, port, dbname, username, password"
  kms_key_id              = var.kms_key_arn
  name                    = var.secret_name
  recovery_window_in_days = var.recovery_window_days

  tags = {
    Name = "${var.name_prefix}-postgres-password"
  }
}

resource "aws_secretsmanager_secret_version" "postgres" {
  count = var.postgres_password_counter > 0 ? 1 : 0

  secret_id = aws_secretsmanager_secret.postgres.id
  # Terraform insists on a value even when the version does not change. An empty one is never sent: where the version
  # does change, Secrets Manager then refuses a version without a value, and the old one stays.
  secret_string_wo = var.postgres_password == null ? "" : jsonencode({
    engine   = "postgres"
    host     = var.postgres_host
    port     = var.postgres_port
    dbname   = var.postgres_database
    username = var.postgres_username
    password = var.postgres_password
  })
  secret_string_wo_version = local.version_number
}
