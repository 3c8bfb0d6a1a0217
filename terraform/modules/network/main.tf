locals {
  # A network of our own, an existing one, or none at all (nothing but DMS and private endpoints needs one).
  has_vpc = var.create_vpc || var.vpc_id != null

  vpc_id          = var.create_vpc ? one(aws_vpc.this[*].id) : var.vpc_id
  subnet_ids      = var.create_vpc ? [for key in sort(keys(aws_subnet.private)) : aws_subnet.private[key].id] : var.subnet_ids
  route_table_ids = var.create_vpc ? aws_route_table.private[*].id : var.route_table_ids

  # Sorted, so that a zone that AWS adds later comes last and moves no subnet.
  availability_zones = length(var.availability_zones) > 0 ? var.availability_zones : try(sort(data.aws_availability_zones.available[0].names), [])
  subnet_zones       = var.create_vpc ? { for index in [0, 1] : tostring(index) => local.availability_zones[index] } : {}

  endpoint_subnet_ids = var.single_zone_endpoints ? slice(local.subnet_ids, 0, min(1, length(local.subnet_ids))) : local.subnet_ids
  interface_services = local.has_vpc ? toset(concat(
    var.create_secretsmanager_endpoint ? ["secretsmanager"] : [],
    var.create_datasync_endpoint ? ["datasync"] : [],
  )) : toset([])
}

# ---------------------------------------------------------------------------------------------------------------
# The network itself
# ---------------------------------------------------------------------------------------------------------------

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:Only the first two by name are taken, so a zone that is added later moves nothing; availability_zones pins them.
  count = var.create_vpc && length(var.availability_zones) == 0 ? 1 : 0

  state = "available"

  # Local Zones have no DMS.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:The network has no way to the internet, and flow logs are paid for by volume; where a rule asks for them, the account's own set-up adds them.
  count = var.create_vpc ? 1 : 0

  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = "${var.name_prefix}-vpc"
  }
}

# The group that AWS makes with every network: emptied, so that nothing gets open doors by forgetting to name a group.
resource "aws_default_security_group" "this" {
  count = var.create_vpc ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = {
    Name = "${var.name_prefix}-default-closed"
  }
}

resource "aws_subnet" "private" {
  for_each = local.subnet_zones

  availability_zone = each.value
  cidr_block        = cidrsubnet(var.vpc_cidr, 2, tonumber(each.key))
  vpc_id            = aws_vpc.this[0].id

  tags = {
    Name = "${var.name_prefix}-private-${each.key}"
  }
}

# Routes to the source (VPN, Direct Connect, peering) belong to whoever owns that line: they are added to this table
# from outside, and Terraform leaves them alone.
resource "aws_route_table" "private" {
  count = var.create_vpc ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = {
    Name = "${var.name_prefix}-private"
  }
}

resource "aws_route_table_association" "private" {
  for_each = local.subnet_zones

  route_table_id = aws_route_table.private[0].id
  subnet_id      = aws_subnet.private[each.key].id
}

data "aws_subnet" "existing" {
  for_each = toset(var.create_vpc ? [] : var.subnet_ids)

  id = each.value

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "Subnet ${self.id} belongs to ${self.vpc_id}, not to vpc_id ${coalesce(var.vpc_id, "null")}."
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Security groups
# ---------------------------------------------------------------------------------------------------------------

resource "aws_security_group" "dms" {
  # checkov:skip=CKV2_AWS_5:The replication instance in module dms carries it; before that phase it waits.
  count = local.has_vpc ? 1 : 0

  description = "DMS replication instance: out to the source, S3 and Secrets Manager; nothing comes in"
  name        = "${var.name_prefix}-dms"
  vpc_id      = local.vpc_id

  tags = {
    Name = "${var.name_prefix}-dms"
  }

  lifecycle {
    precondition {
      condition     = var.create_vpc || length(distinct([for subnet in data.aws_subnet.existing : subnet.availability_zone])) >= 2
      error_message = "A DMS subnet group needs subnets in at least two availability zones; subnet_ids name fewer."
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "dms_postgres" {
  for_each = local.has_vpc ? toset(var.postgres_cidr_blocks) : toset([])

  cidr_ipv4         = each.value
  description       = "Source database"
  from_port         = var.postgres_port
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.dms[0].id
  to_port           = var.postgres_port

  tags = {
    Name = "${var.name_prefix}-dms-postgres-${replace(each.value, "/", "-")}"
  }
}

resource "aws_vpc_security_group_egress_rule" "dms_s3" {
  count = local.has_vpc && var.create_s3_endpoint ? 1 : 0

  description       = "S3 through the gateway endpoint"
  from_port         = 443
  ip_protocol       = "tcp"
  prefix_list_id    = aws_vpc_endpoint.s3[0].prefix_list_id
  security_group_id = aws_security_group.dms[0].id
  to_port           = 443

  tags = {
    Name = "${var.name_prefix}-dms-s3"
  }
}

resource "aws_vpc_security_group_egress_rule" "dms_endpoints" {
  count = local.has_vpc && var.create_secretsmanager_endpoint ? 1 : 0

  description                  = "Secrets Manager through its interface endpoint"
  from_port                    = 443
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.endpoints["secretsmanager"].id
  security_group_id            = aws_security_group.dms[0].id
  to_port                      = 443

  tags = {
    Name = "${var.name_prefix}-dms-endpoints"
  }
}

# An existing network that reaches AWS by NAT or by endpoints of its own.
resource "aws_vpc_security_group_egress_rule" "dms_https" {
  count = local.has_vpc && (!var.create_s3_endpoint || !var.create_secretsmanager_endpoint) ? 1 : 0

  cidr_ipv4         = "0.0.0.0/0"
  description       = "AWS services that have no endpoint of this configuration"
  from_port         = 443
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.dms[0].id
  to_port           = 443

  tags = {
    Name = "${var.name_prefix}-dms-https"
  }
}

resource "aws_security_group" "endpoints" {
  for_each = local.interface_services

  description = "Interface endpoint of ${each.key}"
  name        = "${var.name_prefix}-endpoint-${each.key}"
  vpc_id      = local.vpc_id

  tags = {
    Name = "${var.name_prefix}-endpoint-${each.key}"
  }
}

resource "aws_vpc_security_group_ingress_rule" "secretsmanager" {
  count = contains(local.interface_services, "secretsmanager") ? 1 : 0

  description                  = "DMS"
  from_port                    = 443
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.dms[0].id
  security_group_id            = aws_security_group.endpoints["secretsmanager"].id
  to_port                      = 443

  tags = {
    Name = "${var.name_prefix}-endpoint-secretsmanager-dms"
  }
}

# The agent's control channel is 1024-1064, its data and activation 443 (DataSync guide, "Network requirements").
resource "aws_vpc_security_group_ingress_rule" "datasync" {
  for_each = contains(local.interface_services, "datasync") ? {
    for pair in setproduct(toset(var.datasync_agent_cidr_blocks), ["443-443", "1024-1064"]) : "${pair[0]} ${pair[1]}" => {
      cidr = pair[0]
      from = tonumber(split("-", pair[1])[0])
      to   = tonumber(split("-", pair[1])[1])
    }
  } : {}

  cidr_ipv4         = each.value.cidr
  description       = "DataSync agent"
  from_port         = each.value.from
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.endpoints["datasync"].id
  to_port           = each.value.to

  tags = {
    Name = "${var.name_prefix}-endpoint-datasync-${replace(each.value.cidr, "/", "-")}-${each.value.from}"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Endpoints
# ---------------------------------------------------------------------------------------------------------------

resource "aws_vpc_endpoint" "s3" {
  count = local.has_vpc && var.create_s3_endpoint ? 1 : 0

  route_table_ids   = local.route_table_ids
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  vpc_id            = local.vpc_id

  tags = {
    Name = "${var.name_prefix}-vpce-s3"
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_services

  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints[each.key].id]
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  # DataSync agents know exactly one subnet, so their endpoint has one as well.
  subnet_ids        = each.key == "datasync" ? slice(local.subnet_ids, 0, 1) : local.endpoint_subnet_ids
  vpc_endpoint_type = "Interface"
  vpc_id            = local.vpc_id

  tags = {
    Name = "${var.name_prefix}-vpce-${each.key}"
  }
}
