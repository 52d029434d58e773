"""Refusals: every code of the clouds' error pages has its meaning, reach and next step.

Codes: Google Cloud, "Troubleshooting VM creation", "Troubleshooting bulk VM creation", google.rpc
codes of Cloud TPU; Amazon EC2, "Error codes for the Amazon EC2 API". Words: as reported publicly,
cockroachdb/cockroach pkg/roachprod/vm/gce (zonesAvailable), openshift/installer issue 7088 and
hashicorp/packer issue 2485 (InsufficientInstanceCapacity).
"""

from dataclasses import replace

import pytest

from models.capacity.place import Place
from models.capacity.refusal import Kind, Reach, Step
from models.capacity.refusal_codes import Told, amazon_refusal, google_refusal
from models.prediction.capacity_answer import Outcome

A = Place("us-central1", "us-central1-a", "a2-highgpu-8g", "on_demand", "NVIDIA_A100_GPUS")
AWS_A = Place("us-east-1", "us-east-1a", "p4d.24xlarge", "on_demand", "L-417A185B")
CAPACITY, QUOTA, TYPE = Outcome.NO_CAPACITY, Outcome.NO_QUOTA, Outcome.NO_RESOURCE_TYPE


@pytest.mark.parametrize(
    ("codes", "reach", "step", "outcome"),
    [
        ("ZONE_RESOURCE_POOL_EXHAUSTED", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("ZONE_RESOURCE_STOCKOUT", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("REGION_RESOURCE_STOCKOUT", Reach.SHAPE_IN_REGION, Step.GO_ON, CAPACITY),
        ("insufficientCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("VM_MIN_COUNT_NOT_REACHED", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("QUOTA_EXCEEDED", Reach.BUCKET_IN_REGION, Step.GO_ON, QUOTA),
        ("quotaExceeded", Reach.BUCKET_IN_REGION, Step.GO_ON, QUOTA),
        ("UNSUPPORTED_OPERATION", Reach.ZONE, Step.GO_ON, CAPACITY),
        ("RESOURCE_NOT_READY", Reach.NOTHING, Step.BACK_OFF, None),
        ("RESOURCE_OPERATION_RATE_EXCEEDED", Reach.NOTHING, Step.BACK_OFF, None),
        ("rateLimitExceeded", Reach.NOTHING, Step.BACK_OFF, None),
        ("RESOURCE_NOT_FOUND", Reach.ZONE, Step.GO_ON, CAPACITY),
        ("VPC_NOT_FOUND", Reach.ALL, Step.STOP, None),
        ("IAM_PERMISSION_DENIED", Reach.ALL, Step.STOP, None),
        ("SUBNET_NOT_FOUND_FOR_VPC", Reach.REGION, Step.GO_ON, None),
        ("8", Reach.ZONE, Step.GO_ON, CAPACITY),
        ("9", Reach.ZONE, Step.GO_ON, CAPACITY),
        ("3", Reach.ZONE, Step.GO_ON, CAPACITY),
    ],
)
def test_codes_of_google_cloud(
    codes: str, reach: Reach, step: Step, outcome: Outcome | None
) -> None:
    kind = google_refusal(Told((codes,), "no"), A).kind.value
    assert (kind.reach, kind.step, kind.outcome) == (reach, step, outcome)


@pytest.mark.parametrize(
    ("code", "reach", "step", "outcome"),
    [
        ("InsufficientInstanceCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("InsufficientHostCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("InsufficientReservedInstanceCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("UnfulfillableCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("InsufficientCapacity", Reach.SHAPE_IN_ZONE, Step.GO_ON, CAPACITY),
        ("SpotMaxPriceTooLow", Reach.PURCHASE_OF_SHAPE, Step.GO_ON, CAPACITY),
        ("MaxSpotInstanceCountExceeded", Reach.BUCKET_IN_REGION, Step.GO_ON, QUOTA),
        ("VcpuLimitExceeded", Reach.BUCKET_IN_REGION, Step.GO_ON, QUOTA),
        ("InstanceLimitExceeded", Reach.BUCKET_IN_REGION, Step.GO_ON, QUOTA),
        ("Unsupported", Reach.SHAPE_IN_ZONE, Step.GO_ON, TYPE),
        ("InsufficientFreeAddressesInSubnet", Reach.ZONE, Step.GO_ON, None),
        ("VolumeLimitExceeded", Reach.REGION, Step.GO_ON, QUOTA),
        ("InsufficientVolumeCapacity", Reach.ZONE, Step.GO_ON, CAPACITY),
        ("UnauthorizedOperation", Reach.ALL, Step.STOP, None),
        ("AuthFailure", Reach.ALL, Step.STOP, None),
        ("DryRunOperation", Reach.NOTHING, Step.GO_ON, None),
        ("RequestLimitExceeded", Reach.NOTHING, Step.BACK_OFF, None),
    ],
)
def test_codes_of_aws(code: str, reach: Reach, step: Step, outcome: Outcome | None) -> None:
    kind = amazon_refusal(Told((code,), "no"), AWS_A).kind.value
    assert (kind.reach, kind.step, kind.outcome) == (reach, step, outcome)


def test_for_how_long() -> None:
    """Quotas and what is not offered hold until somebody changes it, stockouts for a while."""
    for kind in Kind:
        record = kind.value
        if record.outcome in (Outcome.NO_QUOTA, Outcome.NO_RESOURCE_TYPE):
            assert record.holds is None, kind
        if record.outcome is Outcome.NO_CAPACITY:
            assert record.holds is not None, kind
            assert record.holds > 0, kind
        if record.step is Step.STOP:
            assert record.reach is Reach.ALL, kind


def test_zones_that_google_cloud_names() -> None:
    details = {
        "vmType": "t2a-standard-8",
        "zone": "us-central1-a",
        "zonesAvailable": "us-central1-f",
    }
    told = Told(("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",), "The zone does not have", details)
    assert google_refusal(told, A).hinted == ("us-central1-f",)
    several = replace(told, details={"zonesAvailable": "us-central1-f, us-central1-b"})
    assert google_refusal(several, A).hinted == ("us-central1-f", "us-central1-b")
    assert google_refusal(replace(told, details={"zonesAvailable": ""}), A).hinted == ()


def test_zones_that_aws_names() -> None:
    words = (
        "We currently do not have sufficient m6a.xlarge capacity in the Availability Zone you"
        " requested (us-east-1a). Our system will be working on provisioning additional capacity."
        " You can currently get m6a.xlarge capacity by not specifying an Availability Zone in your"
        " request or choosing us-east-1b, us-east-1c, us-east-1f."
    )
    found = amazon_refusal(Told(("InsufficientInstanceCapacity",), words), AWS_A)
    assert found.hinted == ("us-east-1b", "us-east-1c", "us-east-1f")
    local = words.replace("us-east-1f", "us-west-2-lax-1a")
    found = amazon_refusal(Told(("InsufficientInstanceCapacity",), local), AWS_A)
    assert found.hinted == ("us-east-1b", "us-east-1c", "us-west-2-lax-1a")
    assert amazon_refusal(Told(("Unsupported",), "not supported"), AWS_A).hinted == ()


def test_quota_of_all_regions() -> None:
    words = "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."
    elsewhere = replace(A, region="europe-west4", zone="europe-west4-b")
    for told in (
        Told(("QUOTA_EXCEEDED",), words),
        Told(("quotaExceeded",), "no", {"limit_name": "GPUS-ALL-REGIONS-per-project"}),
    ):
        assert google_refusal(told, A).kind is Kind.GLOBAL_QUOTA
        assert google_refusal(told, A).rules_out(elsewhere)
    regional = google_refusal(Told(("QUOTA_EXCEEDED",), "Quota 'NVIDIA_A100_GPUS' exceeded."), A)
    assert regional.kind is Kind.QUOTA
    assert not regional.rules_out(elsewhere)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Location us-east1-d is not found or access is unauthorized.", Kind.NO_ACCESS),
        (
            "Requested disk size cannot be smaller than the image size (50 GB)",
            Kind.CONFIGURATION,
        ),
        (
            "The resource 'projects/p/zones/us-west2-a/machineTypes/a2-highgpu-8g' was not found",
            Kind.NOT_OFFERED,
        ),
    ],
)
def test_what_google_cloud_tells_in_words(words: str, kind: Kind) -> None:
    assert google_refusal(Told(("notFound",), words), A).kind is kind


def test_unknown_keeps_the_words() -> None:
    found = amazon_refusal(Told(("Novel", "Strange"), "the moon\n  is full"), AWS_A)
    assert (found.kind, found.code, found.words) == (Kind.UNKNOWN, "Novel", "the moon is full")
    assert found.rules_out(AWS_A)
    assert google_refusal(Told((), ""), A).kind is Kind.UNKNOWN


def test_the_most_telling_code_counts() -> None:
    assert google_refusal(Told(("nonsense", "quotaExceeded"), ""), A).kind is Kind.QUOTA


def test_what_is_ruled_out() -> None:
    """A stockout is of the shape and zone; a quota of its bucket; a hint stays open."""
    b = replace(AWS_A, zone="us-east-1b")
    other = replace(AWS_A, shape="g5.48xlarge", bucket="L-DB2E81BA")
    stockout = amazon_refusal(Told(("InsufficientInstanceCapacity",), ""), AWS_A)
    assert stockout.rules_out(AWS_A)
    assert not stockout.rules_out(b)
    assert not stockout.rules_out(other)
    assert not stockout.rules_out(replace(AWS_A, purchase="spot"))
    quota = amazon_refusal(Told(("VcpuLimitExceeded",), ""), AWS_A)
    assert quota.rules_out(replace(b, shape="p3.2xlarge"))
    assert not quota.rules_out(other)
    region = google_refusal(
        Told(("REGION_RESOURCE_STOCKOUT",), "", {"zonesAvailable": "us-central1-f"}), A
    )
    assert region.rules_out(replace(A, zone="us-central1-b"))
    assert not region.rules_out(replace(A, zone="us-central1-f"))
    stop = amazon_refusal(Told(("AuthFailure",), ""))
    assert stop.rules_out(b)
