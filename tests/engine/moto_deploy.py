"""What moto lacks of CodeDeploy: applications and groups of deployments that are taken away."""

from moto.codedeploy.responses import CodeDeployResponse
from moto.core.responses import ActionResult


def _delete_application(response: CodeDeployResponse) -> ActionResult:
    name = response._get_param("applicationName")
    backend = response.codedeploy_backend
    backend.get_application(name)
    del backend.applications[name]
    return ActionResult({})


def _delete_group(response: CodeDeployResponse) -> ActionResult:
    application = response._get_param("applicationName")
    group = response._get_param("deploymentGroupName")
    backend = response.codedeploy_backend
    backend.get_deployment_group(application, group)
    del backend.deployment_groups[application][group]
    return ActionResult({})


def fill_gaps_of_deploy() -> None:
    """Adds what is lacking to the moto of this process, once."""
    setattr(CodeDeployResponse, "delete_application", _delete_application)  # noqa: B010
    setattr(CodeDeployResponse, "delete_deployment_group", _delete_group)  # noqa: B010
