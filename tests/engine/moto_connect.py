"""What moto lacks of EC2: endpoints through which ssh reaches private instances."""

import secrets
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response


def _endpoints(response: EC2Response) -> dict[str, dict[str, Any]]:
    """By ID; an attribute of moto's backend, so a reset of moto ends them."""
    found: dict[str, dict[str, Any]] = response.ec2_backend.__dict__.setdefault("_connect", {})
    return found


def _create(response: EC2Response) -> ActionResult:
    subnet = response.ec2_backend.get_subnet(response._get_param("SubnetId"))
    if any(one["VpcId"] == subnet.vpc_id for one in _endpoints(response).values()):
        # EC2 user guide, "Quotas for EC2 Instance Connect Endpoint": one a network.
        raise EC2ClientError("InstanceConnectEndpointLimitExceeded", "one a VPC is the limit")
    made = {
        "InstanceConnectEndpointId": f"eice-{secrets.token_hex(8)}",
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc_id,
        "State": "create-complete",
        "SecurityGroupIds": response._get_param("SecurityGroupId", [])
        or response._get_param("SecurityGroupIds", []),
        "PreserveClientIp": response._get_bool_param("PreserveClientIp"),
    }
    tags = response._parse_tag_specification().get("instance-connect-endpoint", {})
    response.ec2_backend.create_tags([made["InstanceConnectEndpointId"]], tags)
    _endpoints(response)[made["InstanceConnectEndpointId"]] = made
    return ActionResult({"InstanceConnectEndpoint": made})


def _known(response: EC2Response, name: str) -> dict[str, Any]:
    if name not in _endpoints(response):
        message = f"The Instance Connect Endpoint '{name}' does not exist"
        raise EC2ClientError("InvalidInstanceConnectEndpointId.NotFound", message)
    return _endpoints(response)[name]


def _describe(response: EC2Response) -> ActionResult:
    names = response._get_param("InstanceConnectEndpointIds", []) or list(_endpoints(response))
    return ActionResult({"InstanceConnectEndpoints": [_known(response, one) for one in names]})


def _delete(response: EC2Response) -> ActionResult:
    name = response._get_param("InstanceConnectEndpointId")
    gone = _known(response, name)
    del _endpoints(response)[name]
    return ActionResult({"InstanceConnectEndpoint": gone})


def fill_gaps_of_connect() -> None:
    """Adds what is lacking to the moto of this process, once."""
    # By its prefix moto knows what may be tagged.
    utils.EC2_RESOURCE_TO_PREFIX["instance-connect-endpoint"] = "eice"
    utils.EC2_PREFIX_TO_RESOURCE["eice"] = "instance-connect-endpoint"
    for verb, operation in {"create": _create, "describe": _describe, "delete": _delete}.items():
        plural = "s" if verb == "describe" else ""
        setattr(EC2Response, f"{verb}_instance_connect_endpoint{plural}", operation)
