"""Google Cloud."""

from enum import StrEnum

from models.catalog.provider_record import Billed, Cloud, FlowLogs


class Implementation(StrEnum):
    """What of Google Cloud holds data."""

    GCS = "gcs"
    FILESTORE = "filestore"
    COMPUTE_DISK = "compute-disk"


PROVIDER = Cloud(
    name="gcp",
    title="Google Cloud",
    machines="Compute Engine virtual machines",
    compute="gce",
    storage=("gcs", "filestore", "pd"),
    implementations=Implementation,
    boot_service="pd",
    boot_volume="pd-balanced",
    spot_notice=30.0,
    spot_reclaim="spot-reclaim-gcp",
    home="us-central1",
    zone_joint="-",
    purchases=("on_demand", "spot", "reserved", "capacity_block", "flex_start"),
    # Quotas of Cloud Run functions (2nd gen), cloud.google.com/functions/quotas, 2025-08-22: 32 GiB
    # and 60 minutes for a request.
    function_memory=(128e6, 32 * 2.0**30),
    function_time=3600.0,
    # Services as exports of Cloud Billing describe them (cloud.google.com/skus, 2026-11-28).
    products={
        **dict.fromkeys(("gce", "pd"), ("Compute Engine",)),
        **dict.fromkeys(("nat", "vpc", "load-balancing", "data-transfer"), ("Networking",)),
        "gcs": ("Cloud Storage",),
        "filestore": ("Cloud Filestore",),
        "gke": ("Kubernetes Engine",),
    },
    gateways={"application-load-balancer": Billed("load-balancing", "forwarding-rule", "USD/h")},
    nat_full_at=32,
    # As built: every 5 s, half of the connections, with all metadata, about a kilobyte.
    flow_logs=FlowLogs(Billed("vpc", "flow-logs", "USD/GB"), interval=5.0, share=0.5, record=1e3),
    source="Compute Engine documentation: preemption gives up to 30 seconds",
)
