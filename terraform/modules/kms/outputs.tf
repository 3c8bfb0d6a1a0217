output "key_alias" {
  description = "Alias of the key; policies name it, because it is known before the key exists."
  value       = local.alias_name
}

output "key_arn" {
  description = "ARN of the environment's key."
  value       = aws_kms_key.lake.arn
}

output "key_id" {
  description = "Id of the environment's key."
  value       = aws_kms_key.lake.key_id
}
