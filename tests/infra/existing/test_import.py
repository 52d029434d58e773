"""Stacks that exist: each format is read, what is understood becomes a part, the rest is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Outcome
from tests.infra.existing import samples
from tests.infra.existing.samples import created, export, preview, state, step, written
from tests.infra.mock_cloud import run_program

ROOT = Path(__file__).parents[3]
Cli = Callable[..., Outcome]

TEMPLATE = state(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "trainers",
    instanceType="p5.48xlarge",
    instanceMarketOptions={"marketType": "spot"},
    blockDeviceMappings=[
        {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 300, "volumeType": "gp3"}},
        {"deviceName": "/dev/sdf", "ebs": {"volumeSize": 1000, "volumeType": "gp3", "iops": 9000}},
    ],
)
GROUP = state(
    "aws:autoscaling/group:Group",
    "trainers",
    {"launchTemplate": [TEMPLATE["urn"]]},
    minSize=4,
    maxSize=4,
    launchTemplate={"id": samples.UNKNOWN, "version": "$Latest"},
    availabilityZones=["us-east-1a"],
)
BUCKET = state("aws:s3/bucket:Bucket", "data", forceDestroy=False)
TRAINING = {
    "storage": {"data": {"size": "150 GB"}},
    "workloads": {
        "train": {
            "kind": "training",
            "nodes": "trainers",
            "network": "resnet-50",
            "dataset": {
                "store": "data",
                "samples": 1281167,
                "sample_size": "110 kB",
                "object_size": "128 MB",
            },
            "epochs": 90,
            "batch": 64,
            "checkpoint": {"store": "data", "interval": "30 min"},
        }
    },
}


def imported(cli: Cli, path: Path, *options: object) -> dict[str, Any]:
    outcome = cli("import", path, "--json", *options)
    assert outcome.code == 0, outcome.err
    answer: dict[str, Any] = json.loads(outcome.out)
    return answer


def test_a_group_its_template_and_its_volumes_become_nodes_and_stores(
    cli: Cli, tmp_path: Path
) -> None:
    made = preview(*(step("create", None, one) for one in (TEMPLATE, GROUP, BUCKET)))
    stack = imported(cli, written(tmp_path, made))["stack"]
    assert stack["name"] == "shop"
    assert stack["region"] == "us-east-1"
    assert stack["zones"] == ["us-east-1a"]
    assert stack["nodes"] == {
        "trainers": {
            "instance": "p5.48xlarge",
            "count": 4,
            "purchase": "spot",
            "boot_disk": "300 GiB",
        }
    }
    assert stack["storage"]["trainers-disk"] == {
        "kind": "block",
        "service": "ebs-gp3",
        "size": "1000 GiB",
        "nodes": "trainers",
        "iops": 9000,
    }
    assert stack["storage"]["data"] == {"kind": "object", "service": "s3-standard"}


AIM = "capacityReservationSpecification"
RESERVATION = state("aws:ec2/capacityReservation:CapacityReservation", "trainers", instanceCount=4)


@pytest.mark.parametrize(
    ("refers", "aim", "market", "wanted"),
    [
        ({AIM: [RESERVATION["urn"]]}, samples.UNKNOWN, {}, {"reservation": {"make": True}}),
        ({}, "cr-0a1b2c3d", {}, {"reservation": {"name": "cr-0a1b2c3d"}}),
        (
            {},
            "cr-0a1b2c3d",
            {"instanceMarketOptions": {"marketType": "capacity-block"}},
            {"reservation": {"name": "cr-0a1b2c3d"}, "purchase": "capacity_block"},
        ),
    ],
)
def test_capacity_that_nodes_run_in_is_theirs(
    cli: Cli,
    tmp_path: Path,
    refers: dict[str, Any],
    aim: str,
    market: dict[str, Any],
    wanted: dict[str, Any],
) -> None:
    template = state(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "trainers",
        refers,
        instanceType="p5.48xlarge",
        capacityReservationSpecification={
            "capacityReservationTarget": {"capacityReservationId": aim}
        },
        **market,
    )
    made = preview(*(step("create", None, one) for one in (RESERVATION, template, GROUP)))
    answer = imported(cli, written(tmp_path, made))
    nodes = {"instance": "p5.48xlarge", "count": 4, **wanted}
    assert answer["stack"]["nodes"]["trainers"] == nodes
    unused = "runs in this capacity; it is billed" in json.dumps(answer)
    assert unused is ("name" in wanted["reservation"])


def test_with_an_overlay_it_is_predicted(cli: Cli, tmp_path: Path) -> None:
    made = preview(*(step("create", None, one) for one in (TEMPLATE, GROUP, BUCKET)))
    overlay = written(tmp_path, yaml.safe_dump(TRAINING), "overlay.yaml")
    stack = tmp_path / "stack.yaml"
    outcome = cli("import", written(tmp_path, made), "--overlay", overlay, "--write", stack)
    assert outcome.code == 0, outcome.err
    answer = json.loads(cli("predict", stack, "--replications", "20", "--json").out)
    [train] = answer["workloads"]
    assert train["throughput_samples_per_s"]["mean"] > 10_000
    again = cli("import", written(tmp_path, made), "--write", stack)
    assert again.code == 2
    assert "is there already" in again.err


def test_without_workloads_it_says_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("import", written(tmp_path, preview(step("create", None, BUCKET))))
    assert outcome.code == 0
    assert "give them with --overlay" in outcome.err
    assert "storage.data.size: how much it holds is not in the file" in outcome.err
    assert yaml.safe_load(outcome.out)["storage"]["data"]["service"] == "s3-standard"


def test_before_and_after_a_change(cli: Cli, tmp_path: Path) -> None:
    old = created(GROUP, "trainers-1", name="trainers-1")
    new = {**GROUP, "inputs": {**GROUP["inputs"], "minSize": 8, "maxSize": 8}}
    kept = created(TEMPLATE, "lt-1")
    path = written(
        tmp_path, preview(step("same", kept, kept), step("update", old, new), same=1, update=1)
    )
    assert imported(cli, path)["stack"]["nodes"]["trainers"]["count"] == 8
    assert imported(cli, path, "--before")["stack"]["nodes"]["trainers"]["count"] == 4


def test_what_a_preview_leaves_out_is_told_and_taken_from_an_export(
    cli: Cli, tmp_path: Path
) -> None:
    """`pulumi preview --json` leaves out what stays as it is, unless asked with --show-sames."""
    old = created(GROUP, "trainers-1")
    new = {**GROUP, "inputs": {**GROUP["inputs"], "minSize": 8}}
    path = written(tmp_path, preview(step("update", old, new), same=2, update=1))
    answer = imported(cli, path)
    assert "2 that do not change are not in the file" in answer["open"]["resources"]
    held = samples.export(created(TEMPLATE, "lt-1"), old, created(BUCKET, "data-1"))
    after = imported(cli, path, "--state", written(tmp_path, held, "export.json"))
    assert after["stack"]["nodes"]["trainers"] == {
        "instance": "p5.48xlarge",
        "count": 8,
        "purchase": "spot",
        "boot_disk": "300 GiB",
    }
    assert "resources" not in after["open"]


def test_compare_shows_a_change_before_and_after_it(cli: Cli, tmp_path: Path) -> None:
    old, kept = created(GROUP, "trainers-1"), created(TEMPLATE, "lt-1")
    new = {**GROUP, "inputs": {**GROUP["inputs"], "minSize": 8, "maxSize": 8}}
    there = created(BUCKET, "data-1")
    made = preview(step("same", kept, kept), step("same", there, there), step("update", old, new))
    overlay = written(tmp_path, yaml.safe_dump(TRAINING), "overlay.yaml")
    options = ("--overlay", overlay, "--replications", "20")
    answer = json.loads(cli("compare", written(tmp_path, made), *options, "--json").out)
    times = [one["workloads"][0]["time_p50_s"]["mean"] for one in answer["variants"]]
    assert [one["stack"] for one in answer["variants"]] == ["shop-before", "shop-after"]
    assert 1.5 < times[0] / times[1] < 2.0
    shown = cli("compare", written(tmp_path, made), *options, "--format", "markdown").out
    assert "| 1 | shop-before | none | — |" in shown
    rows = [line for line in shown.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in rows)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_exports_of_every_version(cli: Cli, tmp_path: Path, version: int) -> None:
    held = samples.export(created(TEMPLATE, "lt-1"), created(GROUP, "g-1"), version=version)
    stack = imported(cli, written(tmp_path, held))["stack"]
    assert stack["nodes"]["trainers"]["count"] == 4


def test_a_checkpoint_of_the_local_backend(cli: Cli, tmp_path: Path) -> None:
    held = samples.export(created(TEMPLATE, "lt-1"), created(GROUP, "g-1"))
    checkpoint = {"version": 3, "checkpoint": {"stack": "dev", "latest": held["deployment"]}}
    assert "trainers" in imported(cli, written(tmp_path, checkpoint))["stack"]["nodes"]


def test_a_preview_of_events(cli: Cli, tmp_path: Path) -> None:
    lines = [{"sequence": 1, "preludeEvent": {"config": {"aws:region": "us-west-2"}}}]
    for one in (TEMPLATE, GROUP):
        metadata = {"op": "create", "urn": one["urn"], "type": one["type"], "old": None, "new": one}
        lines.append({"sequence": 2, "resourcePreEvent": {"metadata": metadata, "planning": True}})
    path = written(tmp_path, "\n".join(map(json.dumps, lines)))
    stack = imported(cli, path)["stack"]
    assert (stack["region"], stack["nodes"]["trainers"]["count"]) == ("us-west-2", 4)


def test_secrets_never_appear(cli: Cli, tmp_path: Path) -> None:
    hidden = {**samples.SECRET, "plaintext": '"p5.48xlarge"'}
    one = state("aws:ec2/instance:Instance", "node", instanceType=hidden)
    outcome = cli("import", written(tmp_path, preview(step("create", None, one))))
    assert "its instance is a secret" in outcome.err
    assert "p5.48xlarge" not in outcome.out + outcome.err


def test_equal_instances_are_a_group_and_others_are_not(cli: Cli, tmp_path: Path) -> None:
    names = ["web-0", "web-1", "web-2", "db"]
    made = preview(
        *(
            step("create", None, state("aws:ec2/instance:Instance", one, instanceType="m5.large"))
            for one in names
        )
    )
    nodes = imported(cli, written(tmp_path, made))["stack"]["nodes"]
    assert {name: one["count"] for name, one in nodes.items()} == {"web": 3, "db": 1}


def test_nothing_is_dropped_in_silence(cli: Cli, tmp_path: Path) -> None:
    kinds = {
        "aws:ec2/instance:Instance": "left-out",  # an instance that the catalog lacks
        "aws:ec2/routeTable:RouteTable": "aside",
        "aws:lb/loadBalancer:LoadBalancer": "workload",
        "aws:quantum/computer:Computer": "left-out",
    }
    made = preview(
        step("create", None, state("aws:s3/bucket:Bucket", "data")),
        *(step("create", None, state(kind, "one", instanceType="z9.huge")) for kind in kinds),
    )
    answer = imported(cli, written(tmp_path, made))
    became = {one["type"]: one["became"] for one in answer["resources"]}
    assert became == {"aws:s3/bucket:Bucket": "part", **kinds}
    told = cli("import", written(tmp_path, made)).err
    assert "the catalog has no instance 'z9.huge'" in told
    assert "aws:quantum/computer:Computer" in told


def test_nodes_of_eks(cli: Cli, tmp_path: Path) -> None:
    """awslabs: a managed node group has a disk of 20 GiB unless it says more."""
    one = state(
        "aws:eks/nodeGroup:NodeGroup",
        "gpus",
        instanceTypes=["g5.xlarge"],
        capacityType="SPOT",
        scalingConfig={"desiredSize": 3, "minSize": 1, "maxSize": 5},
    )
    answer = imported(cli, written(tmp_path, preview(step("create", None, one))))
    assert answer["stack"]["nodes"]["gpus"] == {
        "instance": "g5.xlarge",
        "count": 3,
        "purchase": "spot",
        "boot_disk": "20 GiB",
    }


def test_node_pools_of_gke_are_in_each_zone(cli: Cli, tmp_path: Path) -> None:
    one = state(
        "gcp:container/nodePool:NodePool",
        "gpus",
        nodeCount=2,
        nodeLocations=["us-central1-a", "us-central1-b"],
        nodeConfig={"machineType": "g2-standard-8", "spot": True},
    )
    made = preview(step("create", None, one)) | {"config": {"gcp:region": "us-central1"}}
    answer = imported(cli, written(tmp_path, made))
    assert answer["stack"]["cloud"] == "gcp"
    assert answer["stack"]["zones"] == ["us-central1-a", "us-central1-b"]
    assert answer["stack"]["nodes"]["gpus"]["count"] == 4


def test_a_stack_that_runs_is_asked_for(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, tools = tmp_path / "project", tmp_path / "tools"
    for folder in (project, tools):
        folder.mkdir()
    assert cli("import", project).code == 2  # no project
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    monkeypatch.setenv("PATH", str(tools))
    outcome = cli("import", project)
    assert (outcome.code, outcome.err) == (3, f"{project}: no Pulumi CLI is on the path\n")

    state = written(tmp_path, samples.export(created(BUCKET, "shop-data")))
    pulumi = tools / "pulumi"
    pulumi.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "  version) echo v3.200.0;;\n"
        f'  *" --stack dev") while read -r one; do echo "$one"; done < {state};;\n'
        '  *) echo "error: no stack named" >&2; exit 255;;\n'
        "esac\n"
    )
    pulumi.chmod(0o755)
    state.write_text(state.read_text() + "\n")
    answer = imported(cli, project, "--stack", "dev")
    assert list(answer["stack"]["storage"]) == ["data"]
    refused = cli("import", project, "--stack", "other")
    assert (refused.code, refused.err) == (3, f"{project}: no stack named\n")
    assert cli("import", state, "--stack", "dev").code == 2  # a file


def test_nodes_of_emr(cli: Cli, tmp_path: Path) -> None:
    """EMR Management Guide: a bid makes spot nodes, and all of a cluster boot from 15 GiB."""
    role, other = (state("aws:iam/role:Role", one) for one in ("workers", "service"))
    profile = state("aws:iam/instanceProfile:InstanceProfile", "workers", {"role": [role["urn"]]})
    cluster = state(
        "aws:emr/cluster:Cluster",
        "counts",
        {"ec2Attributes": [profile["urn"]], "serviceRole": [other["urn"]]},
        ec2Attributes={"instanceProfile": samples.UNKNOWN},
        masterInstanceGroup={"instanceType": "m5.xlarge"},
        coreInstanceGroup={
            "instanceType": "r5.24xlarge",
            "instanceCount": 2,
            "ebsConfigs": [{"size": 64, "type": "gp3", "volumesPerInstance": 2}],
        },
    )
    tasks = state(
        "aws:emr/instanceGroup:InstanceGroup",
        "cheap",
        {"clusterId": [cluster["urn"]]},
        clusterId=samples.UNKNOWN,
        instanceType="r5.24xlarge",
        instanceCount=4,
        bidPrice="0.3",
    )
    made = preview(*(step("create", None, one) for one in (role, other, profile, cluster, tasks)))
    stack = imported(cli, written(tmp_path, made))["stack"]
    disk = {"boot_disk": "15 GiB"}
    assert stack["nodes"] == {
        "master": {"instance": "m5.xlarge", "count": 1, **disk},
        "core": {"instance": "r5.24xlarge", "count": 2, **disk},
        "cheap": {"instance": "r5.24xlarge", "count": 4, "purchase": "spot", **disk},
    }
    assert [one["size"] for one in stack["storage"].values()] == ["64 GiB", "64 GiB"]
    assert {one["nodes"] for one in stack["identities"].values()} == {"master", "core", "cheap"}


def test_a_bucket_says_itself_who_may_use_it(cli: Cli, tmp_path: Path) -> None:
    """IAM User Guide: a resource-based policy names principals; its denial is stronger."""
    arn, ann = "arn:aws:s3:::shop-data", "arn:aws:iam::123456789012:user/ann"
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": [ann, "arn:aws:iam::999999999999:root"]},
            "Action": ["s3:ListBucket", "s3:GetObject"],
            "Resource": [arn, f"{arn}/*"],
        },
        {"Effect": "Deny", "NotPrincipal": {"AWS": ann}, "Action": "s3:*", "Resource": arn},
    ]
    bucket = created(BUCKET, "shop-data", arn=arn, bucket="shop-data")
    user = created(state("aws:iam/user:User", "ann"), "ann", arn=ann)
    policy = created(
        state(
            "aws:s3/bucketPolicy:BucketPolicy",
            "data",
            {"bucket": [bucket["urn"]]},
            bucket="shop-data",
            policy=json.dumps({"Statement": statements}),
        ),
        "shop-data",
    )
    path = written(tmp_path, samples.export(bucket, user, policy))
    answer = imported(cli, path)
    assert answer["stack"]["storage"]["data"]["permissions"] == [
        {"identity": "ann", "access": "read"}
    ]
    said = answer["open"]["storage.data.permissions"]
    assert "NotPrincipal" in said
    assert "arn:aws:iam::999999999999:root" in said


def test_a_bucket_for_logs_is_no_store(cli: Cli, tmp_path: Path) -> None:
    logs = state("aws:s3/bucket:Bucket", "logs")
    logging = state(
        "aws:s3/bucketLogging:BucketLogging",
        "data",
        {"targetBucket": [logs["urn"]], "bucket": [BUCKET["urn"]]},
        targetBucket=samples.UNKNOWN,
    )
    made = preview(*(step("create", None, one) for one in (BUCKET, logs, logging)))
    answer = imported(cli, written(tmp_path, made))
    assert list(answer["stack"]["storage"]) == ["data"]


STACKS = [
    "resnet50-imagenet-aws",
    "llama3-8b-finetune-aws",
    "resnet50-imagenet-gcp",
    "bert-large-l4-gcp",
    "gpu-endpoint",
]


@pytest.mark.parametrize("name", STACKS)
def test_what_windtunnel_builds_comes_back(cli: Cli, tmp_path: Path, name: str) -> None:
    """A stack, built and imported again, is the same: nodes, stores, identities, region."""
    tree = yaml.safe_load((ROOT / "stacks" / f"{name}.yaml").read_text())
    google = tree["cloud"] == "gcp"
    zones = tree["zones"]
    run = run_program(
        {
            "windtunnel:stack": f"stacks/{name}.yaml",
            "windtunnel:replications": "2",
            "windtunnel:enforce": "false",
            **({"gcp:project": "windtunnel-tests"} if google else {}),
        },
        region=tree["region"],
        zones=zones,
    )
    answer = imported(cli, written(tmp_path, samples.export_of(run)))
    found = answer["stack"]
    assert found["cloud"] == tree["cloud"]
    assert {one: each["instance"] for one, each in found["nodes"].items()} == {
        one: each["instance"] for one, each in tree["nodes"].items()
    }
    for one, each in tree["nodes"].items():
        assert found["nodes"][one]["count"] == each["count"] + each.get("spares", 0)
        assert found["nodes"][one].get("placement", "none") == each.get("placement", "none")
    for one, each in tree.get("storage", {}).items():
        assert found["storage"][one]["kind"] == each["kind"]
        if "service" in each:
            assert found["storage"][one]["service"] == each["service"]
    # Lustre and Filestore know no roles, so that no policy says who may use them.
    stores = {one for one, each in tree.get("storage", {}).items() if each["kind"] == "object"}
    for one, each in tree.get("identities", {}).items():
        wanted = {p["store"]: p["access"] for p in each["permissions"] if p["store"] in stores}
        held = {p["store"]: p["access"] for p in found["identities"][one].get("permissions", [])}
        assert held == wanted


def test_a_plan_of_terraform(cli: Cli, tmp_path: Path) -> None:
    def resource(address: str, kind: str, **values: Any) -> dict[str, Any]:
        name = address.split("[")[0].rpartition(".")[2]
        return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}

    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {
            "root_module": {
                "resources": [
                    resource("aws_instance.web[0]", "aws_instance", instance_type="m5.large"),
                    resource("aws_instance.web[1]", "aws_instance", instance_type="m5.large"),
                    resource("aws_s3_bucket.data", "aws_s3_bucket", bucket="data"),
                    resource("aws_route_table.r", "aws_route_table"),
                ],
                "child_modules": [
                    {
                        "resources": [
                            resource(
                                "module.gpus.aws_launch_template.this",
                                "aws_launch_template",
                                instance_type="p5.48xlarge",
                            ),
                            resource(
                                "module.gpus.aws_autoscaling_group.this",
                                "aws_autoscaling_group",
                                desired_capacity=2,
                                launch_template=[{"version": "$Latest"}],
                            ),
                        ]
                    }
                ],
            }
        },
        "resource_changes": [
            {
                "address": "module.gpus.aws_autoscaling_group.this",
                "change": {
                    "actions": ["create"],
                    "after_unknown": {"launch_template": [{"id": True}]},
                },
            }
        ],
        "configuration": {
            "provider_config": {"aws": {"expressions": {"region": {"references": ["var.region"]}}}},
            "root_module": {
                "module_calls": {
                    "gpus": {
                        "module": {
                            "resources": [
                                {
                                    "address": "aws_autoscaling_group.this",
                                    "expressions": {
                                        "launch_template": [
                                            {
                                                "id": {
                                                    "references": [
                                                        "aws_launch_template.this.id",
                                                        "aws_launch_template.this",
                                                    ]
                                                }
                                            }
                                        ]
                                    },
                                }
                            ]
                        }
                    }
                }
            },
        },
        "variables": {"region": {"value": "eu-west-1"}},
    }
    answer = imported(cli, written(tmp_path, plan))
    nodes = answer["stack"]["nodes"]
    assert answer["stack"]["region"] == "eu-west-1"
    assert (nodes["web"]["instance"], nodes["web"]["count"]) == ("m5.large", 2)
    assert (nodes["this"]["instance"], nodes["this"]["count"]) == ("p5.48xlarge", 2)


def test_variables_and_outputs_of_modules_are_followed(cli: Cli, tmp_path: Path) -> None:
    """Terraform documentation, JSON Output Format: module calls give expressions to variables."""

    def resource(address: str, kind: str, **values: Any) -> dict[str, Any]:
        name = address.rpartition(".")[2]
        return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}

    def referring(address: str, key: str, *references: str) -> dict[str, Any]:
        return {"address": address, "expressions": {key: {"references": list(references)}}}

    nested = {
        "resources": [
            referring("aws_autoscaling_group.this", "launch_configuration", "var.configuration")
        ],
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {
            "root_module": {
                "child_modules": [
                    {
                        "resources": [
                            resource(
                                "module.shape.aws_launch_configuration.gpu",
                                "aws_launch_configuration",
                                instance_type="p5.48xlarge",
                            )
                        ]
                    },
                    {
                        "child_modules": [
                            {
                                "resources": [
                                    resource(
                                        "module.outer.module.gpus[0].aws_autoscaling_group.this",
                                        "aws_autoscaling_group",
                                        desired_capacity=3,
                                    )
                                ]
                            }
                        ]
                    },
                ]
            }
        },
        "configuration": {
            "provider_config": {
                "aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}
            },
            "root_module": {
                "module_calls": {
                    "shape": {
                        "module": {
                            "outputs": {
                                "name": {
                                    "expression": {
                                        "references": ["aws_launch_configuration.gpu.name"]
                                    }
                                }
                            },
                            "resources": [{"address": "aws_launch_configuration.gpu"}],
                        }
                    },
                    "outer": {
                        "expressions": {
                            "shape": {"references": ["module.shape.name", "module.shape"]}
                        },
                        "module": {
                            "module_calls": {
                                "gpus": {
                                    "expressions": {"configuration": {"references": ["var.shape"]}},
                                    "module": nested,
                                }
                            }
                        },
                    },
                }
            },
        },
    }
    nodes = imported(cli, written(tmp_path, plan))["stack"]["nodes"]
    assert nodes["this"] == {"instance": "p5.48xlarge", "count": 3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is nested too deep"),
        ("{}", "neither a preview, an export, a plan nor a state"),
        ('{"steps": []}', "without a resource"),
        ('{"version": 4, "deployment": {}}', "of a version that is not known"),
        ('{"version": 4, "terraform_version": "1", "resources": []}', "terraform show -json"),
        ('{"a": NaN}', "is no JSON"),
        (
            json.dumps(preview(step("create", None, state("azure:vm:Vm", "one")))),
            "has no resource of aws or gcp",
        ),
    ],
)
def test_what_is_no_such_file_is_told_in_a_line(
    cli: Cli, tmp_path: Path, text: str, said: str
) -> None:
    outcome = cli("import", written(tmp_path, text))
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.out == ""


def test_pods_of_eks_have_the_role_that_nodes_run_with(cli: Cli, tmp_path: Path) -> None:
    """What runs on the nodes takes the role of its pods, and not that of the nodes."""
    cluster = state("aws:eks/cluster:Cluster", "pods")
    bucket = state("aws:s3/bucket:Bucket", "models", bucket="models-1")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": ["arn:aws:s3:::models-1", "arn:aws:s3:::models-1/*"],
            }
        ],
    }
    roles = [state("aws:iam/role:Role", name) for name in ("server", "workers")]
    nodes = state(
        "aws:eks/nodeGroup:NodeGroup",
        "gpus",
        clusterName="pods",
        nodeRoleArn="workers",
        instanceTypes=["g5.xlarge"],
        scalingConfig={"desiredSize": 2, "minSize": 2, "maxSize": 2},
    )
    nodes["propertyDependencies"] = {
        "clusterName": [cluster["urn"]],
        "nodeRoleArn": [roles[1]["urn"]],
    }
    pods = state(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "server",
        clusterName="pods",
        roleArn="server",
        serviceAccount="server",
        namespace="models",
    )
    pods["propertyDependencies"] = {"clusterName": [cluster["urn"]], "roleArn": [roles[0]["urn"]]}
    may = state("aws:iam/rolePolicy:RolePolicy", "server", role="server", policy=json.dumps(policy))
    may["propertyDependencies"] = {"role": [roles[0]["urn"]]}
    made = (cluster, bucket, *roles, nodes, pods, may)
    answer = imported(cli, written(tmp_path, preview(*(step("create", None, one) for one in made))))
    [(name, identity)] = answer["stack"]["identities"].items()
    assert (name, identity["nodes"]) == ("server", "gpus")
    [permission] = identity["permissions"]
    assert (permission["store"], permission["access"]) == ("models", "read")


def clustered(**said: Any) -> list[dict[str, Any]]:
    """A cluster over two zones with a node group."""
    subnets = [
        created(state("aws:ec2/subnet:Subnet", zone, availabilityZone=zone), f"subnet-{zone}")
        for zone in ("us-east-1a", "us-east-1b")
    ]
    inside = {"subnetIds": [one["id"] for one in subnets], "endpointPublicAccess": False}
    told = {"vpcConfig": inside, "version": "1.35", **said}
    cluster = state("aws:eks/cluster:Cluster", "pods", **told)
    nodes = state(
        "aws:eks/nodeGroup:NodeGroup",
        "gpus",
        {"clusterName": [cluster["urn"]]},
        instanceTypes=["g5.xlarge"],
        scalingConfig={"desiredSize": 2, "minSize": 2, "maxSize": 2},
    )
    return [*subnets, created(cluster, "pods"), created(nodes, "pods:gpus")]


def test_a_cluster_of_eks_is_that_of_the_stack(cli: Cli, tmp_path: Path) -> None:
    standard = {"upgradePolicy": {"supportType": "STANDARD"}}
    answer = imported(cli, written(tmp_path, export(*clustered(**standard))))
    assert answer["stack"]["kubernetes"] == {"nodes": ["gpus"], "version": "1.35"}
    assert answer["stack"]["zones"] == ["us-east-1a", "us-east-1b"]


def test_a_cluster_without_a_policy_is_kept_at_the_price_of_extended_support(
    cli: Cli, tmp_path: Path
) -> None:
    where = clustered()[-2]["inputs"]["vpcConfig"]
    opened = {**where, "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}
    answer = imported(cli, written(tmp_path, export(*clustered(vpcConfig=opened))))
    assert answer["stack"]["kubernetes"] == {
        "nodes": ["gpus"],
        "version": "1.35",
        "support": "extended",
        "open_to": ["203.0.113.0/24"],
    }


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"version": "1.21"}, "the catalog has no version '1.21' of EKS"),
        ({"vpcConfig": {}}, "the zones of its subnets are not in the file"),
    ],
)
def test_a_cluster_that_no_stack_can_have_is_told(
    said: dict[str, Any], why: str, cli: Cli, tmp_path: Path
) -> None:
    path = written(tmp_path, export(*clustered(**said)))
    assert "kubernetes" not in imported(cli, path)["stack"]
    assert why in cli("import", path).err
