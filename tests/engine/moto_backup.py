"""What moto lacks of AWS Backup: what a plan is for, changes of plans, and what it refuses."""

import json
import secrets
from typing import Any

from moto.backup.exceptions import InvalidParameterValueException, ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse

Selections = dict[tuple[str, str], dict[str, Any]]


def _selections(response: BackupResponse) -> Selections:
    """By plan and ID; an attribute of moto's backend, so a reset of moto ends them."""
    found: Selections = response.backup_backend.__dict__.setdefault("_selections", {})
    return found


def _where(response: BackupResponse) -> list[str]:
    """The ID of the plan, and that of what it is for where the path has one."""
    before, _, after = response.parsed_url.path.partition("/selections")
    return [before.rsplit("/", 1)[1], after.strip("/")]


def _known(response: BackupResponse) -> tuple[str, str]:
    plan, selection = _where(response)
    if (plan, selection) not in _selections(response):
        raise ResourceNotFoundException(msg=f"Cannot find selection {selection} of {plan}")
    return plan, selection


def _create(response: BackupResponse) -> str:
    plan, _ = _where(response)
    _of_vaults(response.backup_backend, response.backup_backend.get_backup_plan(plan, None))
    identifier, asked = secrets.token_hex(8), json.loads(response.body)["BackupSelection"]
    if not asked["IamRoleArn"].startswith("arn:aws:iam::"):
        raise InvalidParameterValueException(msg=f"Invalid role: {asked['IamRoleArn']}")
    _selections(response)[plan, identifier] = asked
    return json.dumps({"SelectionId": identifier, "BackupPlanId": plan})


def _get(response: BackupResponse) -> str:
    plan, selection = _known(response)
    found = _selections(response)[plan, selection]
    return json.dumps({"SelectionId": selection, "BackupPlanId": plan, "BackupSelection": found})


def _list(response: BackupResponse) -> str:
    plan, _ = _where(response)
    found = [
        {"SelectionId": one, "SelectionName": asked["SelectionName"], "BackupPlanId": of}
        for (of, one), asked in _selections(response).items()
        if of == plan
    ]
    return json.dumps({"BackupSelectionsList": found})


def _delete(response: BackupResponse) -> str:
    del _selections(response)[_known(response)]
    return "{}"


def _of_vaults(backend: BackupBackend, plan: Plan) -> None:
    for rule in plan.backup_plan["Rules"]:
        if rule["TargetBackupVaultName"] not in backend.vaults:
            raise InvalidParameterValueException(
                msg=f"Backup vault {rule['TargetBackupVaultName']} does not exist"
            )


def _update(response: BackupResponse) -> str:
    plan = response.backup_backend.get_backup_plan(_where(response)[0], None)
    plan.backup_plan = json.loads(response.body)["BackupPlan"]
    _of_vaults(response.backup_backend, plan)
    return json.dumps(plan.to_dict())


def fill_gaps_of_backup() -> None:
    """Adds what is lacking to the moto of this process, once."""
    for verb, operation in {"create": _create, "get": _get, "delete": _delete}.items():
        setattr(BackupResponse, f"{verb}_backup_selection", operation)
    setattr(BackupResponse, "list_backup_selections", _list)  # noqa: B010
    setattr(BackupResponse, "update_backup_plan", _update)  # noqa: B010
    delete = BackupBackend.delete_backup_plan

    def unused(self: BackupBackend, backup_plan_id: str) -> Any:
        if any(plan == backup_plan_id for plan, _ in self.__dict__.get("_selections", {})):
            raise InvalidParameterValueException(msg="Related backup plan selections must go first")
        return delete(self, backup_plan_id)

    setattr(BackupBackend, "delete_backup_plan", unused)  # noqa: B010
