output "access_logs_bucket_arn" {
  description = "ARN of the access-log bucket."
  value       = aws_s3_bucket.access_logs.arn
}

output "access_logs_bucket_id" {
  description = "Name of the access-log bucket."
  value       = aws_s3_bucket.access_logs.id
}

output "audit_bucket_id" {
  description = "Name of the access-log bucket, once its policy lets a trail in."
  value       = aws_s3_bucket.access_logs.id

  depends_on = [aws_s3_bucket_policy.access_logs]
}

output "lake_bucket_arn" {
  description = "ARN of the lake's bucket."
  value       = aws_s3_bucket.lake.arn
}

output "lake_bucket_id" {
  description = "Name of the lake's bucket, once its versioning and its policy are in place: what is uploaded by way of this output gets a version and the right key."
  value       = aws_s3_bucket.lake.id

  depends_on = [
    aws_s3_bucket_policy.lake,
    aws_s3_bucket_server_side_encryption_configuration.lake,
    aws_s3_bucket_versioning.lake,
  ]
}

output "names" {
  description = "Names of both buckets, known before they exist."
  value = {
    access_logs = var.access_logs_bucket_name
    lake        = var.lake_bucket_name
  }
}

output "zone_prefixes" {
  description = "Prefix of each zone, by its name."
  value       = { for zone in local.zones : zone => "${zone}/" }
}
