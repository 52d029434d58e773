"""What a cluster of EMR is set to, so that its containers are those that were predicted."""

import json
import math
from typing import Any

from models.parts.workloads.batch import BatchJob

_MIB = 2.0**20
# Spark asks YARN for a tenth more than its executor has, 384 MiB at the least
# (spark.apache.org/docs/latest/configuration.html, spark.executor.memoryOverheadFactor).
_OVERHEAD, _LEAST_OVERHEAD = 0.1, 384
_BY_PROCESSORS_TOO = "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator"


def settings(batch: BatchJob) -> str:
    """The configuration of a cluster, as EMR reads it.

    Arguments:
        batch: the workload that runs on it.
    """
    memory = math.floor(batch.container.memory / _MIB)
    vcpus = max(1, math.floor(batch.container.vcpus))
    found: dict[str, dict[str, Any]] = {
        # By memory alone YARN would place more containers than a node has processors for.
        "capacity-scheduler": {"yarn.scheduler.capacity.resource-calculator": _BY_PROCESSORS_TOO}
    }
    if batch.slots is not None:
        found["yarn-site"] = {"yarn.nodemanager.resource.memory-mb": memory * batch.slots}
    if batch.hdfs is not None:
        found["hdfs-site"] = {"dfs.replication": batch.hdfs.replication}
    if batch.engine == "spark":
        found["spark-defaults"] = _spark(batch, memory, vcpus)
    else:
        found["mapred-site"] = {
            f"mapreduce.{task}.{key}": value
            for task in ("map", "reduce")
            for key, value in (
                ("memory.mb", memory),
                ("cpu.vcores", vcpus),
                ("speculative", batch.speculation is not None),
            )
        }
    return json.dumps(
        [
            {
                "Classification": name,
                "Properties": {key: _text(one) for key, one in properties.items()},
            }
            for name, properties in found.items()
        ]
    )


def _spark(batch: BatchJob, memory: int, vcpus: int) -> dict[str, Any]:
    least = memory - _LEAST_OVERHEAD
    heap = min(least, math.floor(memory / (1 + _OVERHEAD)))
    found: dict[str, Any] = {
        # A container is one task, with all its processors.
        "spark.executor.cores": vcpus,
        "spark.task.cpus": vcpus,
        "spark.executor.memory": f"{max(1, heap)}m",
        "spark.speculation": batch.speculation is not None,
    }
    if batch.speculation is not None:
        found["spark.speculation.quantile"] = batch.speculation.quantile
        found["spark.speculation.multiplier"] = batch.speculation.multiplier
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
