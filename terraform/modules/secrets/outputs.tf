output "secret_arn" {
  description = "ARN of the secret."
  value       = aws_secretsmanager_secret.postgres.arn
}

output "secret_has_value" {
  description = "Whether this configuration gives the secret a value."
  value       = var.postgres_password_counter > 0
}

output "secret_name" {
  description = "Name of the secret."
  value       = aws_secretsmanager_secret.postgres.name
}

output "secret_version_number" {
  description = "Write-only version number that belongs to these inputs; a change of it means that the password is needed."
  value       = local.version_number
}
