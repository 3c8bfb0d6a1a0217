mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-1c", "us-east-1a", "us-east-1b"]
    }
  }
}

variables {
  name_prefix = "autocorp-dev"
  region      = "us-east-1"
}

run "two_private_subnets_in_the_first_two_zones" {
  command = plan

  assert {
    condition     = jsonencode({ for key, subnet in aws_subnet.private : subnet.availability_zone => subnet.cidr_block }) == jsonencode({ us-east-1a = "10.60.0.0/24", us-east-1b = "10.60.1.0/24" })
    error_message = "Subnets are cut from the network's block, in the first two zones by name."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.private : !coalesce(subnet.map_public_ip_on_launch, false)]) && length(aws_route_table_association.private) == 2
    error_message = "Subnets are private and share one route table."
  }

  assert {
    condition     = length(aws_vpc_endpoint.s3) == 1 && jsonencode(keys(aws_vpc_endpoint.interface)) == jsonencode(["secretsmanager"])
    error_message = "S3 and Secrets Manager have endpoints, DataSync only when asked for."
  }
}

run "dms_goes_out_to_the_source_and_to_endpoints_only" {
  command = plan

  variables {
    postgres_cidr_blocks = ["10.20.0.5/32"]
    postgres_port        = 5433
  }

  assert {
    condition     = jsonencode([for rule in aws_vpc_security_group_egress_rule.dms_postgres : [rule.cidr_ipv4, rule.from_port, rule.to_port]]) == jsonencode([["10.20.0.5/32", 5433, 5433]])
    error_message = "The source's address and port, nothing else."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.dms_https) == 0 && length(aws_vpc_security_group_egress_rule.dms_s3) == 1 && length(aws_vpc_security_group_egress_rule.dms_endpoints) == 1
    error_message = "With both endpoints there is no way to anywhere else."
  }
}

run "without_an_endpoint_https_stands_in_for_it" {
  command = plan

  variables {
    create_secretsmanager_endpoint = false
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.dms_https) == 1 && length(aws_security_group.endpoints) == 0 && length(aws_vpc_endpoint.interface) == 0
    error_message = "DMS must reach Secrets Manager in some way."
  }
}

run "an_existing_network_is_used_as_it_is" {
  command = plan

  variables {
    create_vpc      = false
    route_table_ids = ["rtb-0123456789abcdef0"]
    subnet_ids      = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    vpc_id          = "vpc-0123456789abcdef0"
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef0"]
    values = { vpc_id = "vpc-0123456789abcdef0", availability_zone = "us-east-1a" }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef1"]
    values = { vpc_id = "vpc-0123456789abcdef0", availability_zone = "us-east-1b" }
  }

  assert {
    condition     = length(aws_vpc.this) + length(aws_subnet.private) + length(aws_route_table.private) + length(aws_default_security_group.this) == 0
    error_message = "Nothing is made in a network that exists, but groups and endpoints."
  }

  assert {
    condition     = output.vpc_id == "vpc-0123456789abcdef0" && aws_vpc_endpoint.s3[0].route_table_ids == toset(["rtb-0123456789abcdef0"])
    error_message = "The given network and route tables are used."
  }
}

run "existing_subnets_must_be_of_that_network" {
  command = plan

  variables {
    create_s3_endpoint = false
    create_vpc         = false
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    vpc_id             = "vpc-0123456789abcdef0"
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef0"]
    values = { vpc_id = "vpc-0123456789abcdef0", availability_zone = "us-east-1a" }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef1"]
    values = { vpc_id = "vpc-fedcba9876543210f", availability_zone = "us-east-1b" }
  }

  expect_failures = [data.aws_subnet.existing["subnet-0123456789abcdef1"]]
}

run "existing_subnets_must_stand_in_two_zones" {
  command = plan

  variables {
    create_s3_endpoint = false
    create_vpc         = false
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    vpc_id             = "vpc-0123456789abcdef0"
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef0"]
    values = { vpc_id = "vpc-0123456789abcdef0", availability_zone = "us-east-1a" }
  }

  override_data {
    target = data.aws_subnet.existing["subnet-0123456789abcdef1"]
    values = { vpc_id = "vpc-0123456789abcdef0", availability_zone = "us-east-1a" }
  }

  expect_failures = [aws_security_group.dms]
}

run "no_network_at_all_is_a_choice" {
  command = plan

  variables {
    create_vpc = false
  }

  assert {
    condition     = output.vpc_id == null && output.dms_security_group_id == null && length(output.endpoint_ids) == 0 && length(output.subnet_ids) == 0
    error_message = "Without a network nothing is made."
  }
}

run "the_datasync_endpoint_lets_the_agents_in" {
  command = plan

  variables {
    create_datasync_endpoint   = true
    datasync_agent_cidr_blocks = ["10.20.0.9/32"]
  }

  assert {
    condition     = jsonencode(sort([for rule in aws_vpc_security_group_ingress_rule.datasync : "${rule.cidr_ipv4} ${rule.from_port}-${rule.to_port}"])) == jsonencode(["10.20.0.9/32 1024-1064", "10.20.0.9/32 443-443"])
    error_message = "Agents need 443 and 1024 to 1064."
  }
}

run "endpoints_in_one_zone_cost_half" {
  command = apply

  variables {
    create_datasync_endpoint   = true
    datasync_agent_cidr_blocks = ["10.20.0.9/32"]
    single_zone_endpoints      = true
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) == 1])
    error_message = "One zone means one subnet."
  }
}

run "endpoints_stand_in_both_zones_but_datasync_in_one" {
  command = apply

  variables {
    create_datasync_endpoint   = true
    datasync_agent_cidr_blocks = ["10.20.0.9/32"]
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface["secretsmanager"].subnet_ids) == 2 && length(aws_vpc_endpoint.interface["datasync"].subnet_ids) == 1
    error_message = "Agents know exactly one subnet."
  }
}
