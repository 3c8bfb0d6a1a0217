mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-1a", "us-east-1b"]
    }
  }

  mock_data "aws_subnet" {
    defaults = {
      vpc_id = "vpc-0123456789abcdef0"
    }
  }
}

variables {
  name_prefix = "autocorp-dev"
  region      = "us-east-1"
}

run "each_input_refuses_what_ec2_would_refuse" {
  command = plan

  variables {
    availability_zones         = ["us-east-1a", "us-east-1a"]
    datasync_agent_cidr_blocks = ["10.20.0.9"]
    name_prefix                = "-autocorp"
    postgres_cidr_blocks       = ["2001:db8::/32"]
    postgres_port              = 0
    region                     = "us"
    route_table_ids            = ["main"]
    subnet_ids                 = ["private-a"]
    vpc_cidr                   = "10.0.0.0/28"
    vpc_id                     = "default"
  }

  expect_failures = [
    var.availability_zones,
    var.datasync_agent_cidr_blocks,
    var.name_prefix,
    var.postgres_cidr_blocks,
    var.postgres_port,
    var.region,
    var.route_table_ids,
    var.vpc_cidr,
    var.vpc_id,
  ]
}

run "one_network_with_two_subnets" {
  command = plan

  variables {
    subnet_ids = ["subnet-0123456789abcdef0"]
    vpc_id     = "vpc-0123456789abcdef0"
  }

  # create_s3_endpoint asks for the route tables of an existing network, create_vpc for no existing one.
  expect_failures = [var.create_vpc, var.subnet_ids]
}

run "an_id_is_an_id" {
  command = plan

  variables {
    create_vpc = false
    subnet_ids = ["private-a", "private-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "a_gateway_endpoint_needs_route_tables" {
  command = plan

  variables {
    create_vpc = false
    subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    vpc_id     = "vpc-0123456789abcdef0"
  }

  expect_failures = [var.create_s3_endpoint]
}

run "a_datasync_endpoint_needs_agents" {
  command = plan

  variables {
    create_datasync_endpoint = true
  }

  expect_failures = [var.create_datasync_endpoint]
}

run "a_datasync_endpoint_needs_a_network" {
  command = plan

  variables {
    create_datasync_endpoint   = true
    create_vpc                 = false
    datasync_agent_cidr_blocks = ["10.20.0.9/32"]
  }

  expect_failures = [var.create_datasync_endpoint]
}
