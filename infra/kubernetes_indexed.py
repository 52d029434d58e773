"""What all Jobs of Kubernetes have alike whose containers are told apart by a number."""

from collections.abc import Mapping
from typing import Any

from infra.kubernetes_manifest import GROUP, NAME, named


def indexed_job(
    name: str,
    namespace: str,
    workload: str,
    how_many: Mapping[str, int],
    tries: int,
    pod: Mapping[str, Any],
) -> dict[str, Any]:
    """A Job.

    Arguments:
        name: of it, and label of its pods.
        namespace: in which it is.
        workload: label of it, by which all runs of a workload are found.
        how_many: indexes there are, run at once, and may fail, as Kubernetes calls them.
        tries: that each index has.
        pod: of each index.
    """
    # A node that is taken away is no failure of the program.
    taken_away = [{"type": "DisruptionTarget", "status": "True"}]
    spec = {
        "completionMode": "Indexed",
        **how_many,
        "backoffLimitPerIndex": tries - 1,
        "podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": taken_away}]},
        "podReplacementPolicy": "Failed",
        "template": {"metadata": {"labels": {NAME: name}}, "spec": dict(pod)},
    }
    return named("batch/v1", "Job", name, namespace, {NAME: workload}, spec)


def of_a_job(account: str, group: str) -> dict[str, Any]:
    """What the pods of any Job have alike.

    Arguments:
        account: that they run as.
        group: node group that they run on.
    """
    return {
        "restartPolicy": "Never",
        "serviceAccountName": account,
        # What it may do in the cloud comes by another way; the cluster's API is not its own.
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {GROUP: group},
    }
