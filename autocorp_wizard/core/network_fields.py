"""Questions about the network: a new one, an existing one, and the endpoints in it."""

from autocorp_wizard.core import answer_rules as rules
from autocorp_wizard.core.answers import Field, Group, Kind

NETWORK_FIELDS = (
    Field(
        "create_vpc",
        Kind.FLAG,
        Group.NETWORK,
        "Whether a network is made; no means that vpc_id is used.",
        "Replication needs two subnets in different zones that reach the source.",
        True,
        default=True,
        asked=True,
    ),
    Field(
        "vpc_cidr",
        Kind.TEXT,
        Group.NETWORK,
        "Addresses of the network that is made; must not overlap the source's.",
        "Overlapping networks cannot be connected, and this cannot be changed later.",
        "10.60.0.0/22",
        default="10.60.0.0/22",
        checks=(rules.cidr(16, 24),),
        asked=True,
    ),
    Field(
        "availability_zones",
        Kind.LIST,
        Group.NETWORK,
        "Zones of the two subnets; the first two of the region when empty.",
        "Changing them later replaces the subnets.",
        ["us-east-1a", "us-east-1b"],
        default=[],
    ),
    Field(
        "vpc_id",
        Kind.TEXT,
        Group.NETWORK,
        "Existing network to use instead of making one.",
        "Where a connection to the source's site exists already, use its network.",
        "vpc-0123456789abcdef0",
        checks=(
            rules.matches(r"vpc-[0-9a-f]+", "It is no network id.", "A network id looks like vpc-0123456789abcdef0."),
        ),
        nullable=True,
    ),
    Field(
        "subnet_ids",
        Kind.LIST,
        Group.NETWORK,
        "Existing subnets, in two zones at least.",
        "They belong to vpc_id.",
        ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"],
        default=[],
        checks=(
            rules.each(
                rules.matches(r"subnet-[0-9a-f]+", "It is no subnet id.", "It looks like subnet-0123456789abcdef0.")
            ),
        ),
    ),
    Field(
        "route_table_ids",
        Kind.LIST,
        Group.NETWORK,
        "Route tables of existing subnets, for the gateway endpoint of S3.",
        "The endpoint works only through the tables that it is entered in.",
        ["rtb-0123456789abcdef0"],
        default=[],
        checks=(
            rules.each(
                rules.matches(r"rtb-[0-9a-f]+", "It is no route table id.", "It looks like rtb-0123456789abcdef0.")
            ),
        ),
    ),
    Field(
        "postgres_cidr_blocks",
        Kind.LIST,
        Group.NETWORK,
        "Where the source database may be; replication may open connections there and nowhere else.",
        "The narrower, the less a mistake can reach.",
        ["10.20.0.0/16"],
        default=["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        checks=(rules.at_least(1, "block"), rules.each(rules.cidr(0, 32))),
    ),
    Field(
        "create_s3_endpoint",
        Kind.FLAG,
        Group.NETWORK,
        "Whether S3 gets a gateway endpoint (free).",
        "Without it, replication writes to S3 through NAT, which is billed by the gigabyte.",
        True,
        default=True,
    ),
    Field(
        "create_secretsmanager_endpoint",
        Kind.FLAG,
        Group.NETWORK,
        "Whether Secrets Manager gets an interface endpoint.",
        "Without it replication needs NAT, or an endpoint that exists, to read its password.",
        True,
        default=True,
    ),
    Field(
        "single_zone_endpoints",
        Kind.FLAG,
        Group.NETWORK,
        "Whether interface endpoints stand in one zone only: half the price, no redundancy.",
        "Good enough for development.",
        False,
        default=False,
    ),
)
