"""Backups of a file system on AWS: a copy a day, in a vault of its own, for so many days."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.aws.policies import Grant, Statement
from infra.aws.service_role import ServiceRole
from infra.names import tags

SERVICE = "backup.amazonaws.com"
EVERY_DAY = "cron(0 5 ? * * *)"  # at five in the morning, UTC, as AWS Backup does of itself


@dataclass(frozen=True)
class BackupArguments:
    """What is backed up, and how long.

    Arguments:
        stack: name of the stack.
        store: ARN of what is backed up.
        days: that each backup is kept.
    """

    stack: str
    store: pulumi.Output[str]
    days: int


class Backups(pulumi.ComponentResource):
    """A vault, and a plan that puts a backup into it each day.

    AWS refuses to delete a vault that holds backups: they outlive a file system that is deleted or
    replaced, until they have been kept for as long as was said.
    """

    def __init__(
        self, name: str, arguments: BackupArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        from pulumi_aws import backup

        super().__init__("windtunnel:aws:Backups", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        marked = tags(arguments.stack, name)
        vault = backup.Vault(name, tags=marked, opts=inside)
        plan = backup.Plan(
            name,
            rules=[
                {
                    "rule_name": "daily",
                    "target_vault_name": vault.name,
                    "schedule": EVERY_DAY,
                    "lifecycle": {"delete_after": arguments.days},
                    "recovery_point_tags": marked,
                }
            ],
            tags=marked,
            opts=inside,
        )
        role = ServiceRole(
            f"{name}-backups",
            arguments.stack,
            SERVICE,
            [Grant(arguments.store, _read), Grant(vault.arn, _keep)],
            inside,
        )
        backup.Selection(
            name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[arguments.store],
            opts=inside,
        )
        self.register_outputs({"vault": vault.name})


# Of the managed policy AWSBackupServiceRolePolicyForBackup, what it has for EFS.
def _read(arn: str) -> list[Statement]:
    actions = ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"]
    return [{"Effect": "Allow", "Action": actions, "Resource": arn}]


def _keep(arn: str) -> list[Statement]:
    actions = ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
    return [{"Effect": "Allow", "Action": actions, "Resource": arn}]
