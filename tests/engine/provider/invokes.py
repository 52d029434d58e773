"""The functions of the provider that only look something up."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from provider.cloud import Cloud
from provider.kinds import Properties, UnmodelledError


def _identity(cloud: Cloud, _args: Properties) -> Properties:
    found = cloud.client("sts").get_caller_identity()
    return {
        "id": found["Account"],
        "accountId": found["Account"],
        "arn": found["Arn"],
        "userId": found["UserId"],
    }


def _session(_cloud: Cloud, args: Properties) -> Properties:
    """Who a session is of; moto's STS knows users alone, and calls them its own."""
    arn = args["arn"].replace(":sts::", ":iam::")
    return {**args, "id": arn, "issuerArn": arn, "issuerName": arn.rpartition("/")[2]}


def _region(cloud: Cloud, args: Properties) -> Properties:
    region = args.get("region") or args.get("name") or cloud.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
        "description": region,
    }


def _filters(args: Properties) -> list[dict[str, Any]]:
    return [{"Name": one["name"], "Values": one["values"]} for one in args.get("filters", [])]


def _zones(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "state", "filters", "excludeNames", "excludeZoneIds", "region")
    ec2 = cloud.client("ec2", args.get("region"))
    filters = _filters(args)
    if state := args.get("state"):
        filters.append({"Name": "state", "Values": [state]})
    found = [
        zone
        for zone in ec2.describe_availability_zones(Filters=filters)["AvailabilityZones"]
        if zone["ZoneName"] not in args.get("excludeNames", [])
        and zone["ZoneId"] not in args.get("excludeZoneIds", [])
    ]
    return {
        **args,
        "id": cloud.region,
        "names": [zone["ZoneName"] for zone in found],
        "zoneIds": [zone["ZoneId"] for zone in found],
    }


def _instance_type(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "instanceType", "region")
    ec2 = cloud.client("ec2", args.get("region"))
    [found] = ec2.describe_instance_types(InstanceTypes=[args["instanceType"]])["InstanceTypes"]
    network = found["NetworkInfo"]
    return {
        **args,
        "id": args["instanceType"],
        "maximumNetworkInterfaces": network["MaximumNetworkInterfaces"],
    }


def _offerings(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "filters", "locationType", "region")
    ec2 = cloud.client("ec2", args.get("region"))
    found = ec2.describe_instance_type_offerings(
        LocationType=args.get("locationType", "region"), Filters=_filters(args)
    )["InstanceTypeOfferings"]
    return {
        **args,
        "id": cloud.region,
        "instanceTypes": [one["InstanceType"] for one in found],
        "locations": [one["Location"] for one in found],
        "locationTypes": [one["LocationType"] for one in found],
    }


def _instances(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "filters", "region")
    ec2 = cloud.client("ec2", args.get("region"))
    pages = ec2.get_paginator("describe_instances").paginate(Filters=_filters(args))
    listed = [one for page in pages for each in page["Reservations"] for one in each["Instances"]]
    return {
        **args,
        "id": cloud.region,
        "ids": [one["InstanceId"] for one in listed],
        "privateIps": [one["PrivateIpAddress"] for one in listed],
        "publicIps": [one["PublicIpAddress"] for one in listed if "PublicIpAddress" in one],
        "ipv6Addresses": [],
    }


def _tagged(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "tagFilters", "resourceTypeFilters", "region")
    pages = cloud.client("resourcegroupstaggingapi").get_paginator("get_resources")
    asked = [{"Key": one["key"], "Values": one["values"]} for one in args["tagFilters"]]
    found = pages.paginate(TagFilters=asked, ResourceTypeFilters=args["resourceTypeFilters"])
    return {
        **args,
        "id": cloud.region,
        "resourceTagMappingLists": [
            {
                "resourceArn": one["ResourceARN"],
                "tags": {tag["Key"]: tag["Value"] for tag in one["Tags"]},
                "complianceDetails": [],
            }
            for page in found
            for one in page["ResourceTagMappingList"]
        ],
    }


def _image(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "owners", "filters", "mostRecent", "nameRegex", "region")
    ec2 = cloud.client("ec2", args.get("region"))
    found = ec2.describe_images(Owners=args.get("owners", []), Filters=_filters(args))["Images"]
    if not found:
        raise ValueError("Your query returned no results. Please change your search criteria")
    if len(found) > 1 and not args.get("mostRecent"):
        raise ValueError("Your query returned more than one result. Set mostRecent")
    image = max(found, key=lambda one: str(one["CreationDate"]))
    return {
        **args,
        "id": image["ImageId"],
        "imageId": image["ImageId"],
        "name": image["Name"],
        "architecture": image["Architecture"],
        "creationDate": image["CreationDate"],
        "rootDeviceName": image.get("RootDeviceName", ""),
    }


def _quota(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "serviceCode", "quotaCode", "quotaName", "region")
    client, service = cloud.client("service-quotas", args.get("region")), args["serviceCode"]
    if args.get("quotaCode"):
        asked = {"ServiceCode": service, "QuotaCode": args["quotaCode"]}
        found = client.get_service_quota(**asked)["Quota"]
    else:
        listed = client.list_service_quotas(ServiceCode=service)["Quotas"]
        [found] = [one for one in listed if one["QuotaName"] == args["quotaName"]]
    return {
        **args,
        "id": found["QuotaArn"],
        "quotaCode": found["QuotaCode"],
        "quotaName": found["QuotaName"],
        "value": found["Value"],
    }


def _parameter(cloud: Cloud, args: Properties) -> Properties:
    _only(args, "name", "withDecryption", "region")
    found = cloud.client("ssm", args.get("region")).get_parameter(
        Name=args["name"], WithDecryption=args.get("withDecryption", True)
    )["Parameter"]
    return {
        **args,
        "id": found["Name"],
        "arn": found["ARN"],
        "type": found["Type"],
        "value": found["Value"],
        "version": found["Version"],
    }


def _add_on_version(cloud: Cloud, args: Properties) -> Properties:
    """The version that is the default for that of Kubernetes, or the newest."""
    _only(args, "addonName", "kubernetesVersion", "mostRecent", "region")
    asked = {key: args[key] for key in ("addonName", "kubernetesVersion")}
    listed = cloud.client("eks", args.get("region")).describe_addon_versions(**asked)["addons"]
    versions = listed[0]["addonVersions"]
    wanted = [
        one["addonVersion"]
        for one in versions
        if args.get("mostRecent") or any(c["defaultVersion"] for c in one["compatibilities"])
    ]
    return {**args, "id": args["addonName"], "version": wanted[0]}


def _policy_document(_cloud: Cloud, args: Properties) -> Properties:
    _only(args, "statements", "version", "policyId")
    document = {"Version": args.get("version", "2012-10-17")}
    if "policyId" in args:
        document["Id"] = args["policyId"]
    text = json.dumps({**document, "Statement": [_statement(s) for s in args["statements"]]})
    return {**args, "id": str(zlib.crc32(text.encode())), "json": text, "minifiedJson": text}


def _statement(given: Properties) -> Properties:
    statement: Properties = {"Effect": given.get("effect", "Allow")}
    for name in ("sid", "actions", "notActions", "resources", "notResources"):
        if value := given.get(name):
            key = "Sid" if name == "sid" else name[0].upper() + name[1:-1]
            one = isinstance(value, list) and len(value) == 1
            statement[key] = value[0] if one else value
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        for who in given.get(name, []):
            many = who["identifiers"]
            statement.setdefault(key, {})[who["type"]] = many[0] if len(many) == 1 else many
    for condition in given.get("conditions", []):
        test = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        test[condition["variable"]] = condition["values"]
    return statement


def _only(args: Properties, *known: str) -> None:
    if unknown := args.keys() - set(known):
        raise UnmodelledError(f"no way to look up by {', '.join(sorted(unknown))}")


INVOKES: dict[str, Callable[[Cloud, Properties], Properties]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": _offerings,
    "aws:ec2/getInstanceType:getInstanceType": _instance_type,
    "aws:ec2/getInstances:getInstances": _instances,
    "aws:resourcegroupstaggingapi/getResources:getResources": _tagged,
    "aws:servicequotas/getServiceQuota:getServiceQuota": _quota,
    "aws:eks/getAddonVersion:getAddonVersion": _add_on_version,
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:iam/getSessionContext:getSessionContext": _session,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
