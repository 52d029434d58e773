"""Vaults of backups, and plans that fill them."""

from provider.kinds import Call, Change, Kind, Properties
from provider.tag_maps import retag_map

_VAULT = {"BackupVaultName": "$id"}
_PLAN = {"BackupPlanId": "$id"}
_SELECTION = {"BackupPlanId": "$planId", "SelectionId": "$id"}


def _document(inputs: Properties) -> Properties:
    rules = [
        {
            "ruleName": rule["ruleName"],
            "targetBackupVaultName": rule["targetVaultName"],
            "scheduleExpression": rule["schedule"],
            "lifecycle": {"deleteAfterDays": rule["lifecycle"]["deleteAfter"]},
            "recoveryPointTags": rule["recoveryPointTags"],
        }
        for rule in inputs["rules"]
    ]
    return {"backupPlanName": inputs.get("name"), "rules": rules}


def _plan(inputs: Properties) -> Properties:
    return {"backupPlan": _document(inputs), "backupPlanTags": inputs.get("tags", {})}


def _revise(change: Change) -> None:
    document = _document(change.new)
    rules = [
        {
            "RuleName": rule["ruleName"],
            "TargetBackupVaultName": rule["targetBackupVaultName"],
            "ScheduleExpression": rule["scheduleExpression"],
            "Lifecycle": {"DeleteAfterDays": int(rule["lifecycle"]["deleteAfterDays"])},
            "RecoveryPointTags": rule["recoveryPointTags"],
        }
        for rule in document["rules"]
    ]
    change.call(
        "update_backup_plan",
        BackupPlanId=change.state["id"],
        BackupPlan={"BackupPlanName": document["backupPlanName"], "Rules": rules},
    )


def _selection(inputs: Properties) -> Properties:
    return {
        "backupPlanId": inputs["planId"],
        "backupSelection": {
            "selectionName": inputs.get("name"),
            "iamRoleArn": inputs["iamRoleArn"],
            "resources": inputs["resources"],
        },
    }


KINDS = {
    "backup/vault:Vault": Kind(
        "backup",
        create=Call("create_backup_vault", with_inputs=True),
        id="BackupVaultName",
        read=Call("describe_backup_vault", _VAULT),
        delete=Call("delete_backup_vault", _VAULT),
        rename={
            "name": "BackupVaultName",
            "tags": "BackupVaultTags",
            "kmsKeyArn": "EncryptionKeyArn",
        },
        update={"tags": retag_map(keys="TagKeyList")},
        outputs={"arn": "BackupVaultArn"},
        replaces=frozenset({"kmsKeyArn"}),
        name="name",
        tag_type="backup-vault",
    ),
    "backup/plan:Plan": Kind(
        "backup",
        create=Call("create_backup_plan", with_inputs=True),
        id="BackupPlanId",
        read=Call("get_backup_plan", _PLAN, "[@][?!DeletionDate] | [0]"),
        delete=Call("delete_backup_plan", _PLAN),
        prepare=_plan,
        update={"tags": retag_map(keys="TagKeyList")},
        revise=_revise,
        outputs={"arn": "BackupPlanArn"},
        name="name",
        tag_type="backup-plan",
    ),
    "backup/selection:Selection": Kind(
        "backup",
        create=Call("create_backup_selection", with_inputs=True),
        id="SelectionId",
        read=Call("get_backup_selection", _SELECTION, "BackupSelection"),
        delete=Call("delete_backup_selection", _SELECTION),
        prepare=_selection,
        replaces=frozenset({"planId", "iamRoleArn", "resources"}),
        name="name",
    ),
}
