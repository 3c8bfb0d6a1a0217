"""What the rehearsal cloud adds to EC2."""

import pytest

from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow


def test_a_rule_keeps_its_description_whether_it_names_a_range_a_group_or_a_prefix_list(client_for: ClientFor) -> None:
    ec2 = client_for("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.90.0.0/24")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="described", Description="d", VpcId=vpc)["GroupId"]
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    targets = [
        {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "range"}]},
        {"UserIdGroupPairs": [{"GroupId": group, "Description": "group"}]},
        {"PrefixListIds": [{"PrefixListId": "pl-12345678", "Description": "prefix list"}]},
    ]
    for target in targets:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[port | target])
    filters = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert {rule.get("Description") for rule in rules if rule.get("FromPort") == 443} == {
        "range",
        "group",
        "prefix list",
    }
    listed = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"]
    ranges = [part for permission in listed if permission.get("FromPort") == 443 for part in permission["IpRanges"]]
    assert ranges == [{"CidrIp": "10.0.0.0/8", "Description": "range"}]


def test_a_rule_can_be_pointed_elsewhere_in_place(client_for: ClientFor) -> None:
    ec2 = client_for("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.91.0.0/24")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="pointed", Description="d", VpcId=vpc)["GroupId"]
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    added = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[port | {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "first"}]}]
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    for target, shown in (
        ({"CidrIpv4": "10.1.0.0/16"}, {"CidrIpv4": "10.1.0.0/16"}),
        ({"ReferencedGroupId": group}, {"ReferencedGroupInfo": {"GroupId": group, "UserId": "999999999999"}}),
        ({"PrefixListId": "pl-1"}, {"PrefixListId": "pl-1"}),
    ):
        change = {"SecurityGroupRuleId": added, "SecurityGroupRule": port | target | {"Description": "changed"}}
        ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[change])
        rule = ec2.describe_security_group_rules(SecurityGroupRuleIds=[added])["SecurityGroupRules"][0]
        assert rule["Description"] == "changed"
        assert {key: value for key, value in rule.items() if key.startswith(("Cidr", "Ref", "Prefix"))} == shown


def test_endpoints_and_rules_are_found_by_their_tags(client_for: ClientFor) -> None:
    ec2, tags = client_for("ec2"), [{"Key": "Probe", "Value": "found-by-tag"}]
    vpc = ec2.create_vpc(CidrBlock="10.92.0.0/24")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="tagged", Description="d", VpcId=vpc)["GroupId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.s3",
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )["VpcEndpoint"]["VpcEndpointId"]
    rule = ec2.authorize_security_group_egress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": tags}],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    found = client_for("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "Probe", "Values": ["found-by-tag"]}]
    )["ResourceTagMappingList"]
    assert {resource["ResourceARN"].rpartition(":")[2] for resource in found} == {
        f"vpc-endpoint/{endpoint}",
        f"security-group-rule/{rule}",
    }


def test_a_deleted_network_leaves_nothing_behind(client_for: ClientFor) -> None:
    ec2, tags = client_for("ec2"), [{"Key": "Probe", "Value": "gone-with-its-network"}]
    vpc = ec2.create_vpc(CidrBlock="10.93.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.93.0.0/26")["Subnet"]["SubnetId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.secretsmanager",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )["VpcEndpoint"]["VpcEndpointId"]
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    assert ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"] == []
    assert ec2.describe_network_acls(Filters=here)["NetworkAcls"] == []
    assert ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"] == []
    tagging = client_for("resourcegroupstaggingapi")
    assert (
        tagging.get_resources(TagFilters=[{"Key": "Probe", "Values": ["gone-with-its-network"]}])[
            "ResourceTagMappingList"
        ]
        == []
    )
