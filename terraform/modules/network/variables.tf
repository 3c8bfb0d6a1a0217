variable "availability_zones" {
  type        = list(string)
  description = "Zones of the two subnets; the first two of the region when empty."
  default     = []
  nullable    = false

  validation {
    condition     = length(var.availability_zones) == 0 || (length(var.availability_zones) == 2 && length(distinct(var.availability_zones)) == 2)
    error_message = "Name two different zones, or none."
  }
}

variable "create_datasync_endpoint" {
  type        = bool
  description = "Whether DataSync gets an interface endpoint, so that the agent needs no public address."
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_datasync_endpoint || length(var.datasync_agent_cidr_blocks) > 0
    error_message = "A DataSync endpoint needs datasync_agent_cidr_blocks: who may reach it."
  }

  validation {
    condition     = !var.create_datasync_endpoint || var.create_vpc || var.vpc_id != null
    error_message = "A DataSync endpoint needs a network: create_vpc or vpc_id."
  }
}

variable "create_s3_endpoint" {
  type        = bool
  description = "Whether S3 gets a gateway endpoint (free)."
  default     = true
  nullable    = false

  validation {
    condition     = !var.create_s3_endpoint || var.create_vpc || var.vpc_id == null || length(var.route_table_ids) > 0
    error_message = "In an existing network the gateway endpoint needs route_table_ids; set create_s3_endpoint to false where one exists."
  }
}

variable "create_secretsmanager_endpoint" {
  type        = bool
  description = "Whether Secrets Manager gets an interface endpoint."
  default     = true
  nullable    = false
}

variable "create_vpc" {
  type        = bool
  description = "Whether a network is made; false uses vpc_id, or none."
  default     = true
  nullable    = false

  validation {
    condition     = !(var.create_vpc && var.vpc_id != null)
    error_message = "Either create_vpc or vpc_id, not both."
  }
}

variable "datasync_agent_cidr_blocks" {
  type        = list(string)
  description = "Addresses of DataSync agents that use the endpoint."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.datasync_agent_cidr_blocks : can(cidrhost(block, 0)) && !can(regex(":", block))])
    error_message = "Give IPv4 blocks such as 10.20.0.5/32."
  }
}

variable "name_prefix" {
  type        = string
  description = "PROJECT-ENVIRONMENT, start of every name."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.name_prefix)) && length(var.name_prefix) <= 41
    error_message = "Use lower-case letters, digits and single hyphens, starting with a letter, at most 41 characters."
  }
}

variable "postgres_cidr_blocks" {
  type        = list(string)
  description = "Where the source database may be; DMS may open connections there and nowhere else."
  default     = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
  nullable    = false

  validation {
    condition     = length(var.postgres_cidr_blocks) > 0 && alltrue([for block in var.postgres_cidr_blocks : can(cidrhost(block, 0)) && !can(regex(":", block))])
    error_message = "Give at least one IPv4 block such as 10.0.0.0/8."
  }
}

variable "postgres_port" {
  type        = number
  description = "Port of the source database."
  default     = 5432
  nullable    = false

  validation {
    condition     = var.postgres_port >= 1 && var.postgres_port <= 65535 && floor(var.postgres_port) == var.postgres_port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "region" {
  type        = string
  description = "Region of the network."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like us-east-1."
  }
}

variable "route_table_ids" {
  type        = list(string)
  description = "Route tables of the existing subnets, for the gateway endpoint."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.route_table_ids : can(regex("^rtb-[0-9a-f]+$", id))])
    error_message = "A route table id looks like rtb-0123456789abcdef0."
  }
}

variable "single_zone_endpoints" {
  type        = bool
  description = "Whether interface endpoints stand in one zone only: half the price, no redundancy."
  default     = false
  nullable    = false
}

variable "subnet_ids" {
  type        = list(string)
  description = "Existing subnets, in two zones at least."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "A subnet id looks like subnet-0123456789abcdef0."
  }

  validation {
    condition     = var.vpc_id == null ? length(var.subnet_ids) == 0 : length(distinct(var.subnet_ids)) >= 2
    error_message = "vpc_id needs two subnets or more, and subnet_ids are for an existing network only."
  }
}

variable "vpc_cidr" {
  type        = string
  description = "Addresses of the network that is made."
  default     = "10.60.0.0/22"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr))
    error_message = "Give an IPv4 block from /16 to /24."
  }
}

variable "vpc_id" {
  type        = string
  description = "Existing network."
  default     = null

  validation {
    condition     = var.vpc_id == null || can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "A network id looks like vpc-0123456789abcdef0."
  }
}
