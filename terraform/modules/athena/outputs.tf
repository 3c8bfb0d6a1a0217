output "named_query_ids" {
  description = "Ids of the saved queries, by what they answer."
  value       = { for key, query in aws_athena_named_query.question : key => query.id }
}

output "results_location" {
  description = "Where results are written."
  value       = local.results_location
}

output "workgroup_name" {
  description = "Workgroup to query in."
  value       = aws_athena_workgroup.this.name
}
