"""The quotas of Google Cloud that machines count against, by how they are bought."""

from models.catalog.records import Instance
from models.description.fields import Purchase

# https://cloud.google.com/compute/resource-usage: GPUs of a region. Those of H100 and later are
# quotas by GPU family, which the API does not list with a region.
GPUS = {
    "nvidia-a100-80gb": "NVIDIA_A100_80GB_GPUS",
    "nvidia-l4": "NVIDIA_L4_GPUS",
    "nvidia-tesla-a100": "NVIDIA_A100_GPUS",
    "nvidia-tesla-p100": "NVIDIA_P100_GPUS",
    "nvidia-tesla-t4": "NVIDIA_T4_GPUS",
    "nvidia-tesla-v100": "NVIDIA_V100_GPUS",
}
# vCPUs of series that have a quota of their own; those of all others are `CPUS`.
CPUS = {"c2": "C2_CPUS", "c3": "C3_CPUS", "e2": "CPUS", "n1": "CPUS", "n2": "N2_CPUS"}
ALL_GPUS = "GPUS_ALL_REGIONS"
_SPOT = "PREEMPTIBLE_"


def quota_metric(instance: Instance, purchase: Purchase) -> tuple[str, int]:
    """The quota that nodes count against in a region, and how much of it one needs.

    Arguments:
        instance: of the catalog.
        purchase: how it is bought.

    Returns:
        The metric, empty where none is known.
    """
    spot = _SPOT if purchase in ("spot", "flex_start") else ""
    if instance.accelerators:
        metric = GPUS.get(instance.accelerator_type, "")
        return (f"{spot}{metric}" if metric else ""), instance.accelerators
    metric = CPUS.get(instance.series, "")
    return ("PREEMPTIBLE_CPUS" if spot and metric else metric), instance.vcpus
