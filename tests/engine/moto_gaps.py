"""What moto lacks of AWS: placement groups, newer templates, changes of budgets."""

import fnmatch
import json
import re
import secrets
from typing import Any

from moto.autoscaling.responses import AutoScalingResponse
from moto.budgets.exceptions import NotFoundException
from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response
from moto.ec2.utils import parse_user_data
from moto.efs.exceptions import FileSystemNotFound
from moto.efs.models import EFSBackend
from moto.efs.responses import EFSResponse
from moto.emr.responses import ElasticMapReduceResponse
from moto.s3.models import FakeBucket, S3Backend
from moto.sagemaker.models import FakeEndpointConfig
from moto.sagemaker.responses import SageMakerResponse

# SageMaker developer guide, CreateEndpointConfig, ProductionVariant, InstanceType (2026-11-27).
_NEWER = ("g5", "g6", "g6e")
_STRATEGIES = ("cluster", "partition", "spread")


def _groups(response: EC2Response) -> dict[str, dict[str, Any]]:
    """The groups by name; an attribute of moto's backend, so a reset of moto ends them."""
    found: dict[str, dict[str, Any]] = response.ec2_backend.__dict__.setdefault("_groups", {})
    return found


def _known(response: EC2Response, name: str) -> dict[str, Any]:
    if name not in _groups(response):
        message = f"The Placement Group '{name}' is unknown."
        raise EC2ClientError("InvalidPlacementGroup.Unknown", message)
    return _groups(response)[name]


def _create(response: EC2Response) -> ActionResult:
    name, strategy = response._get_param("GroupName"), response._get_param("Strategy")
    if strategy not in _STRATEGIES:
        raise EC2ClientError("InvalidParameterValue", f"strategy {strategy!r} is unknown")
    if name in _groups(response):
        message = f"The placement group '{name}' already exists."
        raise EC2ClientError("InvalidPlacementGroup.Duplicate", message)
    group = {
        "GroupName": name,
        "GroupId": f"pg-{secrets.token_hex(8)}",
        "State": "available",
        "Strategy": strategy,
        "PartitionCount": response._get_int_param("PartitionCount"),
    }
    tags = response._parse_tag_specification().get("placement-group", {})
    response.ec2_backend.create_tags([group["GroupId"]], tags)
    _groups(response)[name] = group
    return ActionResult({"PlacementGroup": group})


def _describe(response: EC2Response) -> ActionResult:
    names = response._get_param("GroupNames", []) or list(_groups(response))
    return ActionResult({"PlacementGroups": [_known(response, name) for name in names]})


def _delete(response: EC2Response) -> ActionResult:
    name = response._get_param("GroupName")
    _known(response, name)
    del _groups(response)[name]
    return EmptyResult()


def _keep_user_data(template_kind: Any) -> None:
    """Lets the second version of a template start machines, as moto lets the first."""
    create = template_kind.create_version

    def create_version(self: Any, data: dict[str, Any], description: str) -> Any:
        if type(data.get("UserData")) is str:
            data = {**data, "UserData": parse_user_data(data["UserData"])}
        return create(self, data, description)

    template_kind.create_version = create_version


def _refresh(response: AutoScalingResponse) -> ActionResult:
    """Replaces at once what is not of the group's template, as a rolling refresh does in time."""
    name = response._get_param("AutoScalingGroupName")
    backend = response.autoscaling_backend
    group = backend.autoscaling_groups[name]
    for state in group.active_instances():
        backend.terminate_instance(state.instance.id, should_decrement=False)
    group.set_desired_capacity(group.desired_capacity)
    return ActionResult({"InstanceRefreshId": secrets.token_hex(16)})


def _delete_file_system_policy(response: EFSResponse) -> tuple[str, dict[str, Any]]:
    system = response.efs_backend.file_systems_by_id[response._get_param("FileSystemId")]
    system.file_system_policy = None
    return "", {"status": 200}


def _policies_of_file_systems_that_are_gone(backend: Any) -> None:
    """Of a file system that is gone moto fails, where AWS says that it is not found."""
    describe = backend.describe_file_system_policy

    def found(self: Any, file_system_id: str) -> str:
        if file_system_id not in self.file_systems_by_id:
            raise FileSystemNotFound(file_system_id)
        return str(describe(self, file_system_id))

    backend.describe_file_system_policy = found


def _put_backup_policy(response: EFSResponse) -> tuple[str, dict[str, Any]]:
    system = response.efs_backend.file_systems_by_id[response._get_param("FileSystemId")]
    policy = response._get_param("BackupPolicy")
    system._backup = policy["Status"] == "ENABLED"
    return json.dumps({"BackupPolicy": policy}), {"status": 200}


def _isolated_models(responses: Any) -> None:
    """Whether a model may reach the network; moto forgets that it was asked."""
    create = responses.create_model

    def kept(self: Any) -> Any:
        answer = create(self)
        model = self.sagemaker_backend._models[self._get_param("ModelName")]
        model.enable_network_isolation = self._get_param("EnableNetworkIsolation", False)
        return answer

    responses.create_model = kept


def _newer_instances(configuration: Any) -> None:
    """Instances of SageMaker that are newer than moto's list."""
    validate = configuration.validate_instance_type

    def known(self: Any, instance_type: str) -> None:
        if instance_type.split(".")[1] not in _NEWER:
            validate(self, instance_type)

    configuration.validate_instance_type = known


def _find_bucket_of_flow_logs(backend: Any) -> None:
    """A flow log goes to a prefix of a bucket; moto takes both together for its name."""
    get = backend.get_bucket

    def get_bucket(self: Any, bucket_name: str) -> Any:
        return get(self, bucket_name.partition("/")[0])

    backend.get_bucket = get_bucket


def _add_instance_groups(response: Any) -> ActionResult:
    """Answers with the IDs, which moto leaves out."""
    cluster = response._get_param("JobFlowId")
    made = response.backend.add_instance_groups(cluster, response._get_param("InstanceGroups"))
    return ActionResult({"JobFlowId": cluster, "InstanceGroupIds": [one.id for one in made]})


def _may_log(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    """Whether a bucket lets requests be logged; moto knows neither "*" for all nor patterns."""
    policy = json.loads(target_bucket.policy.decode()) if target_bucket.policy else {}
    key = f"arn:aws:s3:::{target_bucket.name}/{target_prefix or ''}log"
    return any(
        one["Effect"] == "Allow"
        and isinstance(one["Principal"], dict)
        and one["Principal"].get("Service") == "logging.s3.amazonaws.com"
        and "s3:PutObject" in one["Action"]
        and isinstance(one["Resource"], str)
        and fnmatch.fnmatchcase(key, one["Resource"])
        for one in policy.get("Statement", [])
    )


def _update_budget(response: BudgetsResponse) -> str:
    new = response._get_param("NewBudget")
    known = response.backend.budgets[response._get_param("AccountId")]
    if new["BudgetName"] not in known:
        raise NotFoundException(f"Unable to get budget: {new['BudgetName']}")
    budget = known[new["BudgetName"]]
    budget.budget = {**budget.budget, **new}
    return "{}"


def _tag_budget(response: BudgetsResponse) -> str:
    """Tags of a budget are no part of what is read of it."""
    found = re.fullmatch(r"arn:aws:budgets::(\d+):budget/(.+)", response._get_param("ResourceARN"))
    assert found
    account, name = found.groups()
    if name not in response.backend.budgets[account]:
        raise NotFoundException(f"Unable to get budget: {name}")
    return "{}"


def fill_gaps() -> None:
    """Adds what is lacking to the moto of this process, once."""
    ElasticMapReduceResponse.add_instance_groups = _add_instance_groups
    setattr(BudgetsResponse, "update_budget", _update_budget)  # noqa: B010
    for operation in ("tag_resource", "untag_resource"):
        setattr(BudgetsResponse, operation, _tag_budget)
    _keep_user_data(LaunchTemplate)
    AutoScalingResponse.start_instance_refresh = _refresh
    _find_bucket_of_flow_logs(S3Backend)
    _newer_instances(FakeEndpointConfig)
    _isolated_models(SageMakerResponse)
    FakeBucket._log_permissions_enabled_policy = staticmethod(_may_log)
    setattr(EFSResponse, "delete_file_system_policy", _delete_file_system_policy)  # noqa: B010
    _policies_of_file_systems_that_are_gone(EFSBackend)
    setattr(EFSResponse, "put_backup_policy", _put_backup_policy)  # noqa: B010
    for verb, operation in {"create": _create, "describe": _describe, "delete": _delete}.items():
        plural = "s" if verb == "describe" else ""
        setattr(EC2Response, f"{verb}_placement_group{plural}", operation)
