"""Networks: subnets, gateways, routes, endpoints and security groups of the EC2 API."""

from typing import Any

from provider.kinds import Action, Call, Change, Kind, Properties, words

ARN = "arn:aws:ec2:$region:$account"


def retag_by(owner: str) -> Action:
    """Gives a resource of EC2 the tags wanted; `owner` is the property with its id."""

    def retag(change: Change) -> None:
        resource = [change.state[owner]]
        old, new = change.old.get("tags", {}), change.new.get("tags", {})
        if gone := [{"Key": key} for key in old.keys() - new.keys()]:
            change.call("delete_tags", Resources=resource, Tags=gone)
        if pairs := [{"Key": key, "Value": value} for key, value in new.items()]:
            change.call("create_tags", Resources=resource, Tags=pairs)

    return retag


def kind(noun: str, tag_type: str, listing: str, **others: Any) -> Kind:
    """The usual kind: create_NOUN and delete_NOUN by its id, and `listing`, which finds it."""
    words = others.pop("words", noun.title().replace("_", ""))
    usual: dict[str, Any] = {
        "create": Call(f"create_{noun}", result=words, with_inputs=True),
        "id": f"{words}Id",
        "read": Call(f"describe_{noun}s", {f"{words}Ids": ["$id"]}, listing),
        "delete": Call(f"delete_{noun}", {f"{words}Id": "$id"}),
        "tag_type": tag_type,
    }
    outputs = {"arn": f"{ARN}:{tag_type}/$id", "ownerId": "OwnerId", **others.pop("outputs", {})}
    update = {"tags": retag_by("id"), **others.pop("update", {})}
    return Kind("ec2", **{**usual, **others}, outputs=outputs, update=update)


def attribute(operation: str, owner: str, prop: str) -> Call:
    return Call(operation, {owner: "$id", prop[0].upper() + prop[1:]: {"Value": f"${prop}"}})


def _attach_gateway(change: Change) -> None:
    gateway = change.state["id"]
    for verb, inputs in (("detach", change.old), ("attach", change.new)):
        if vpc := inputs.get("vpcId"):
            change.call(f"{verb}_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)


def _delete_gateway(change: Change) -> None:
    gateway = change.state["id"]
    if vpc := change.state.get("vpcId"):
        change.call("detach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
    change.call("delete_internet_gateway", InternetGatewayId=gateway)


def _set_routes(change: Change) -> None:
    table = change.state["id"]
    for route in change.old.get("routes", []):
        change.call("delete_route", RouteTableId=table, DestinationCidrBlock=route["cidrBlock"])
    for route in change.new.get("routes", []):
        targets = {
            f"{name[0].upper()}{name[1:]}": value
            for name, value in route.items()
            if value and name != "cidrBlock"
        }
        change.call(
            "create_route",
            RouteTableId=table,
            DestinationCidrBlock=route["cidrBlock"],
            **targets,
        )


def _permission(rule: Properties) -> Properties:
    """A rule of a security group as the API spells it, from either of the provider's spellings."""

    def several(many: str, one: str) -> list[str]:
        return [*rule.get(many, []), *filter(None, [rule.get(one)])]

    note = {"Description": rule["description"]} if rule.get("description") else {}
    lists = {
        "IpRanges": ("CidrIp", several("cidrBlocks", "cidrIpv4")),
        "Ipv6Ranges": ("CidrIpv6", several("ipv6CidrBlocks", "cidrIpv6")),
        "PrefixListIds": ("PrefixListId", several("prefixListIds", "prefixListId")),
        "UserIdGroupPairs": ("GroupId", several("securityGroups", "referencedSecurityGroupId")),
    }
    permission: Properties = {"IpProtocol": str(rule.get("protocol") or rule.get("ipProtocol"))}
    for name, key in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if rule.get(name) is not None:
            permission[key] = rule[name]
    for name, (key, values) in lists.items():
        if values:
            permission[name] = [{key: value, **note} for value in values]
    return permission


def _set_rules(direction: str) -> Action:
    def apply(change: Change) -> None:
        group = change.state["id"]
        for verb, inputs in (("revoke", change.old), ("authorize", change.new)):
            permissions = []
            for rule in inputs.get(direction, []):
                own = [group] if rule.get("self") else []
                groups = [*rule.get("securityGroups", []), *own]
                permissions.append(_permission({**rule, "securityGroups": groups}))
            if permissions:
                name = f"{verb}_security_group_{direction}"
                change.call(name, GroupId=group, IpPermissions=permissions)

    return apply


def _close_egress(change: Change) -> None:
    # AWS opens a new group to the world; the real provider closes it again.
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = change.state["id"]
    change.call("revoke_security_group_egress", GroupId=group, IpPermissions=[everything])


def _close_both(change: Change) -> None:
    """Takes from the group of a network what it lets through, as the real provider does."""
    group = change.state["id"]
    (found,) = change.call("describe_security_groups", GroupIds=[group])["SecurityGroups"]
    for direction, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if found[key]:
            revoke = f"revoke_security_group_{direction}"
            change.call(revoke, GroupId=group, IpPermissions=found[key])


def _leave(change: Change) -> None:
    pass


def _flow_log(inputs: Properties) -> Properties:
    network = {"ResourceIds": [inputs["vpcId"]], "ResourceType": "VPC"}
    return {**{name: value for name, value in inputs.items() if name != "vpcId"}, **network}


_KEPT = ("securityGroupId", "tags")


def _rule(direction: str) -> Kind:
    def prepare(inputs: Properties) -> Properties:
        kept: Properties = {name: inputs[name] for name in _KEPT if name in inputs}
        return {**kept, "IpPermissions": [_permission(inputs)]}

    verb = f"security_group_{direction}"
    ids = {"GroupId": "$securityGroupId", "SecurityGroupRuleIds": ["$id"]}
    return kind(
        "security_group_rule",
        "security-group-rule",
        "SecurityGroupRules[0]",
        create=Call(f"authorize_{verb}", result="SecurityGroupRules[0]", with_inputs=True),
        delete=Call(f"revoke_{verb}", ids),
        prepare=prepare,
        rename={"securityGroupId": "GroupId"},
        outputs={"securityGroupRuleId": "$id"},
        replaces=words(
            "securityGroupId ipProtocol fromPort toPort cidrIpv4 cidrIpv6 prefixListId "
            "referencedSecurityGroupId description"
        ),
    )


def _associations(change: Change) -> None:
    """Adds to an endpoint and takes from it what one of its lists gained and lost."""
    sent: Properties = {}
    for name in ("subnetIds", "securityGroupIds", "routeTableIds"):
        old, new = set(change.old.get(name, [])), set(change.new.get(name, []))
        for verb, ids in (("Add", new - old), ("Remove", old - new)):
            if ids:
                sent[f"{verb}{name[0].upper()}{name[1:]}"] = sorted(ids)
    for name, target in (("policy", "PolicyDocument"), ("privateDnsEnabled", "PrivateDnsEnabled")):
        if name in change.new and change.new[name] != change.old.get(name):
            sent[target] = change.new[name]
    change.call("modify_vpc_endpoint", VpcEndpointId=change.state["id"], **sent)


_ROUTE = {"RouteTableId": "$routeTableId", "DestinationCidrBlock": "$destinationCidrBlock"}

KINDS = {
    "ec2/vpc:Vpc": kind(
        "vpc",
        "vpc",
        "Vpcs[0]",
        apply={
            name: attribute("modify_vpc_attribute", "VpcId", name)
            for name in ("enableDnsSupport", "enableDnsHostnames")
        },
        rename={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        outputs={"ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock"},
        replaces=frozenset({"cidrBlock", "instanceTenancy"}),
    ),
    "ec2/subnet:Subnet": kind(
        "subnet",
        "subnet",
        "Subnets[0]",
        apply={
            "mapPublicIpOnLaunch": attribute(
                "modify_subnet_attribute", "SubnetId", "mapPublicIpOnLaunch"
            ),
        },
        outputs={
            "availabilityZone": "AvailabilityZone",
            "availabilityZoneId": "AvailabilityZoneId",
        },
        replaces=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"}),
    ),
    "ec2/internetGateway:InternetGateway": kind(
        "internet_gateway",
        "internet-gateway",
        "InternetGateways[0]",
        apply={"vpcId": _attach_gateway},
        delete=_delete_gateway,
    ),
    "ec2/eip:Eip": kind(
        "address",
        "elastic-ip",
        "Addresses[0]",
        create=Call("allocate_address", with_inputs=True),
        id="AllocationId",
        read=Call("describe_addresses", {"AllocationIds": ["$id"]}, "Addresses[0]"),
        delete=Call("release_address", {"AllocationId": "$id"}),
        outputs={"allocationId": "AllocationId", "publicIp": "PublicIp"},
        replaces=frozenset({"domain"}),
    ),
    "ec2/natGateway:NatGateway": kind(
        "nat_gateway",
        "natgateway",
        "NatGateways[?State!='deleted'] | [0]",
        outputs={"publicIp": "NatGatewayAddresses[0].PublicIp"},
        replaces=frozenset({"allocationId", "subnetId", "connectivityType"}),
    ),
    "ec2/routeTable:RouteTable": kind(
        "route_table",
        "route-table",
        "RouteTables[0]",
        apply={"routes": _set_routes},
        replaces=frozenset({"vpcId"}),
    ),
    "ec2/route:Route": Kind(
        "ec2",
        create=Call("create_route", with_inputs=True),
        id="r-$routeTableId-$destinationCidrBlock",
        read=Call(
            "describe_route_tables",
            {"RouteTableIds": ["$routeTableId"]},
            "RouteTables[0].Routes[?DestinationCidrBlock=='$destinationCidrBlock'] | [0]",
        ),
        delete=Call("delete_route", _ROUTE),
        revise=Call("replace_route", _ROUTE, with_inputs=True),
        outputs={"state": "State", "origin": "Origin"},
        replaces=frozenset({"routeTableId", "destinationCidrBlock"}),
    ),
    "ec2/routeTableAssociation:RouteTableAssociation": Kind(
        "ec2",
        create=Call("associate_route_table", with_inputs=True),
        id="AssociationId",
        read=Call(
            "describe_route_tables",
            {"Filters": [{"Name": "association.route-table-association-id", "Values": ["$id"]}]},
            "RouteTables[0]",
        ),
        delete=Call("disassociate_route_table", {"AssociationId": "$id"}),
        replaces=frozenset({"routeTableId", "subnetId", "gatewayId"}),
    ),
    "ec2/vpcEndpoint:VpcEndpoint": kind(
        "vpc_endpoint",
        "vpc-endpoint",
        "VpcEndpoints[?State!='deleted'] | [0]",
        delete=Call("delete_vpc_endpoints", {"VpcEndpointIds": ["$id"]}),
        rename={"policy": "PolicyDocument"},
        revise=_associations,
        outputs={"state": "State"},
        replaces=frozenset({"vpcId", "serviceName", "vpcEndpointType"}),
    ),
    "ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": kind(
        "instance_connect_endpoint",
        "instance-connect-endpoint",
        "InstanceConnectEndpoints[0]",
        read=Call(
            "describe_instance_connect_endpoints",
            {"InstanceConnectEndpointIds": ["$id"]},
            "InstanceConnectEndpoints[0]",
        ),
        delete=Call("delete_instance_connect_endpoint", {"InstanceConnectEndpointId": "$id"}),
        replaces=frozenset({"subnetId", "securityGroupIds", "preserveClientIp"}),
    ),
    "ec2/securityGroup:SecurityGroup": kind(
        "security_group",
        "security-group",
        "SecurityGroups[0]",
        create=Call("create_security_group", with_inputs=True),
        id="GroupId",
        read=Call("describe_security_groups", {"GroupIds": ["$id"]}, "SecurityGroups[0]"),
        delete=Call("delete_security_group", {"GroupId": "$id"}),
        rename={"name": "GroupName"},
        created=_close_egress,
        apply={"ingress": _set_rules("ingress"), "egress": _set_rules("egress")},
        replaces=frozenset({"description", "vpcId"}),
        local=frozenset({"revokeRulesOnDelete"}),
        name="name",
    ),
    # The network has it already: it is taken over, and stays while the network does.
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind(
        "ec2",
        create=Call(
            "describe_security_groups",
            {
                "Filters": [
                    {"Name": "vpc-id", "Values": ["$vpcId"]},
                    {"Name": "group-name", "Values": ["default"]},
                ]
            },
            "SecurityGroups[0]",
        ),
        id="GroupId",
        read=Call("describe_security_groups", {"GroupIds": ["$id"]}, "SecurityGroups[0]"),
        delete=_leave,
        created=_close_both,
        apply={
            "ingress": _set_rules("ingress"),
            "egress": _set_rules("egress"),
            "tags": retag_by("id"),
        },
        outputs={"arn": f"{ARN}:security-group/$id", "name": "GroupName"},
        replaces=frozenset({"vpcId"}),
        local=frozenset({"vpcId"}),
        tag_type="security-group",
    ),
    "ec2/flowLog:FlowLog": kind(
        "flow_logs",
        "vpc-flow-log",
        "FlowLogs[0]",
        create=Call("create_flow_logs", with_inputs=True),
        id="FlowLogIds[0]",
        read=Call("describe_flow_logs", {"FlowLogIds": ["$id"]}, "FlowLogs[0]"),
        delete=Call("delete_flow_logs", {"FlowLogIds": ["$id"]}),
        prepare=_flow_log,
        replaces=words(
            "vpcId trafficType logDestination logDestinationType maxAggregationInterval"
        ),
    ),
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
