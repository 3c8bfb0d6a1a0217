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
