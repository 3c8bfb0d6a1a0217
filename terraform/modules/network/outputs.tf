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

output "s3_prefix_list_id" {
  description = "Addresses of S3 as a prefix list, for firewall rules; null without a gateway endpoint of ours."
  value       = one(aws_vpc_endpoint.s3[*].prefix_list_id)
}

output "subnet_ids" {
  description = "Subnets for the replication instance and the interface endpoints."
  value       = local.subnet_ids
}

output "subnet_zones" {
  description = "Availability zone of each subnet, in the order of subnet_ids."
  value       = var.create_vpc ? [for key in sort(keys(aws_subnet.private)) : aws_subnet.private[key].availability_zone] : [for id in var.subnet_ids : data.aws_subnet.existing[id].availability_zone]
}

output "vpc_id" {
  description = "The network; null without one."
  value       = local.vpc_id
}
