output "key_alias" {
  description = "Alias of the key; policies name it, because it is known before the key exists."
  value       = local.alias_name
}

output "key_arn" {
  description = "ARN of the environment's key."
  value       = aws_kms_key.lake.arn

  # Roles may use the key by its alias only: who works with the key needs the alias for as long, in a destroy too (DMS
  # must still read its secret when it gives its slot back).
  depends_on = [aws_kms_alias.lake]
}

output "key_id" {
  description = "Id of the environment's key."
  value       = aws_kms_key.lake.key_id
}
