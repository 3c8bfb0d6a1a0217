output "dms_security_group_id" {
  description = "Security group of the replication instance; null without a network."
  value       = one(aws_security_group.dms[*].id)
}

output "endpoint_ids" {
  description = "Endpoints made here, by service."
  value = merge(
    { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id },
    { for endpoint in aws_vpc_endpoint.s3 : "s3" => endpoint.id },
  )
}

output "endpoint_security_group_ids" {
  description = "Security groups of the interface endpoints, by service."
  value       = { for service, group in aws_security_group.endpoints : service => group.id }
}

output "route_table_ids" {
  description = "Route tables of the subnets: where a route to the source goes."
  value       = local.route_table_ids
}

output "subnet_ids" {
  description = "Subnets for the replication instance and the interface endpoints."
  value       = local.subnet_ids
}

output "vpc_id" {
  description = "The network; null without one."
  value       = local.vpc_id
}
