"""A cluster of EMR: its nodes, its settings, who reaches it, and what EMR itself may do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .mock_cloud import ACCOUNT, SUFFIX, Run, run_program
from .security_rows import as_list
from .strict_schema import violations

ROOT = Path(__file__).parents[2]
Change = Callable[[dict[str, Any]], Any]
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def built(folder: Path, change: Change = lambda tree: None, **config: str) -> Run:
    """The example, changed."""
    tree = yaml.safe_load((ROOT / "stacks" / "emr-spark.yaml").read_text())
    change(tree)
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    return run_program(
        {
            "windtunnel:stack": str(path),
            "windtunnel:enforce": "false",
            "windtunnel:replications": "2",
            **{f"windtunnel:{key}": value for key, value in config.items()},
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="module")
def cluster(run: Run) -> dict[str, Any]:
    return run.one("emr/cluster:Cluster").inputs


def test_it_has_the_nodes_that_are_described(run: Run, cluster: dict[str, Any]) -> None:
    master, core = cluster["masterInstanceGroup"], cluster["coreInstanceGroup"]
    assert (master["instanceType"], master["instanceCount"]) == ("c5.9xlarge", 1)
    assert (core["instanceType"], core["instanceCount"]) == ("r5.24xlarge", 4)
    assert "bidPrice" not in core
    [volume] = core["ebsConfigs"]
    assert volume == {
        "type": "gp3",
        "size": 466,  # 500 GB in GiB
        "volumesPerInstance": 1,
        "iops": 3000,
        "throughput": 125,
    }
    assert cluster["ebsRootVolumeSize"] == 47  # 50 GB
    task = run.one("emr/instanceGroup:InstanceGroup").inputs
    assert (task["instanceCount"], task["bidPrice"]) == (4, "2.4")
    # Nodes of a cluster are no groups of their own; the notebook's is.
    assert [one.name for one in run.of("autoscaling/group:Group")] == ["notebook"]
    assert set(run.outputs["node_groups"]) == {"notebook"}


def test_its_nodes_are_told_with_the_one_role_that_they_have(run: Run) -> None:
    roles = run.outputs["roles"]
    assert roles["core"] == roles["master"] == roles["task"] != roles["notebook"]


def test_volumes_of_task_nodes_may_be_of_any_kind(tmp_path: Path) -> None:
    """Of gp2 no bandwidth is bought: it comes with the size."""
    run = built(tmp_path, lambda tree: tree["storage"]["task-disks"].update(service="ebs-gp2"))
    [disk] = run.one("emr/instanceGroup:InstanceGroup").inputs["ebsConfigs"]
    assert (disk["type"], disk["size"], "throughput" in disk) == ("gp2", 94, False)


def test_task_nodes_are_optional(tmp_path: Path) -> None:
    def without_task(tree: dict[str, Any]) -> None:
        del tree["nodes"]["task"], tree["storage"]["task-disks"], tree["identities"]["helper"]
        del tree["workloads"]["cluster"]["nodes"]["task"]
        tree["workloads"]["cluster"]["scratch"] = ["core-disks"]

    assert built(tmp_path, without_task).of("emr/instanceGroup:InstanceGroup") == []


def test_it_runs_what_was_predicted(cluster: dict[str, Any]) -> None:
    assert cluster["releaseLabel"] == "emr-7.5.0"
    assert cluster["applications"] == ["Hadoop", "Spark", "Livy"]
    settings = {
        one["Classification"]: one["Properties"]
        for one in json.loads(cluster["configurationsJson"])
    }
    assert settings["hdfs-site"] == {"dfs.replication": "3"}
    # 24 GB are 22,888 MiB, of which a tenth beside the heap is Spark's overhead; 20 fit a node.
    assert settings["yarn-site"] == {"yarn.nodemanager.resource.memory-mb": str(20 * 22888)}
    spark = settings["spark-defaults"]
    assert (spark["spark.executor.memory"], spark["spark.task.cpus"]) == ("20807m", "4")
    assert (spark["spark.speculation"], spark["spark.speculation.quantile"]) == ("true", "0.75")


def test_livy_is_reached_from_the_notebook_alone(run: Run) -> None:
    rules = [one.inputs for one in run.of(INGRESS)]
    livy = [one for one in rules if one.get("fromPort", 0) <= 8998 <= one.get("toPort", 65535)]
    among = {one["description"] for one in livy if one["ipProtocol"] == "-1"}
    assert among == {
        "Everything between nodes of the cluster",
        "Everything between nodes: EFA is not TCP, so it needs all protocols",
    }
    [to_livy] = [one for one in livy if one["ipProtocol"] == "tcp"]
    assert to_livy["referencedSecurityGroupId"] == "SecurityGroup-cluster-livy-clients"
    assert to_livy["securityGroupId"] == "SecurityGroup-cluster-master"
    [interface] = run.one("ec2/launchTemplate:LaunchTemplate").inputs["networkInterfaces"]
    assert "SecurityGroup-cluster-livy-clients" in interface["securityGroups"]
    assert run.outputs["livy"] == {"cluster": "ip-10-20-0-9.ec2.internal:8998"}


def test_without_a_notebook_nobody_reaches_it(tmp_path: Path) -> None:
    def alone(tree: dict[str, Any]) -> None:
        del tree["workloads"]["cluster"]["notebook"], tree["nodes"]["notebook"]

    ports = [one.inputs.get("fromPort") for one in built(tmp_path, alone).of(INGRESS)]
    assert 8998 not in ports


def test_disks_and_metadata_are_kept_and_what_nodes_tell_each_other_once_there_are_certificates(
    run: Run, tmp_path: Path
) -> None:
    said = json.loads(
        run.one("emr/securityConfiguration:SecurityConfiguration").inputs["configuration"]
    )
    disks = said["EncryptionConfiguration"]["AtRestEncryptionConfiguration"]
    local = disks["LocalDiskEncryptionConfiguration"]
    assert (local["EnableEbsEncryption"], local["AwsKmsKey"]) == (
        True,
        f"arn:aws:kms:::key/cluster{SUFFIX}",
    )
    assert (
        said["InstanceMetadataServiceConfiguration"]["MinimumInstanceMetadataServiceVersion"] == 2
    )
    assert any("emrCertificates" in one for one in run.warnings)

    place = "s3://certificates-of-ours/emr/nodes.zip"
    certified = built(tmp_path, emrCertificates=place)
    told = certified.one("emr/securityConfiguration:SecurityConfiguration").inputs["configuration"]
    transit = json.loads(told)["EncryptionConfiguration"]
    assert transit["EnableInTransitEncryption"] is True
    assert place in json.dumps(transit["InTransitEncryptionConfiguration"])
    policy = certified.one("iam/rolePolicy:RolePolicy", "worker").inputs["policy"]
    assert "arn:aws:s3:::certificates-of-ours/emr/nodes.zip" in policy
    with pytest.raises(pulumi.RunError, match=r"emrCertificates: 'nodes.pem' is no zip file in S3"):
        built(tmp_path, emrCertificates="nodes.pem")


def test_emr_may_act_on_this_cluster_alone(run: Run) -> None:
    policy = json.loads(run.one("iam/rolePolicy:RolePolicy", "cluster-emr").inputs["policy"])
    for one in policy["Statement"]:
        actions = as_list(one["Action"])
        assert not [action for action in actions if "*" in action]
        if any(not action.startswith("ec2:Describe") for action in actions):
            assert "*" not in as_list(one["Resource"])
    [passed] = [one for one in policy["Statement"] if one["Action"] == "iam:PassRole"]
    assert passed["Resource"] == f"arn:aws:iam::{ACCOUNT}:role/worker{SUFFIX}"
    ends = [one for one in policy["Statement"] if "ec2:TerminateInstances" in one["Action"]]
    assert [one["Condition"] for one in ends] == [
        {"StringEquals": {"aws:ResourceTag/for-use-with-amazon-emr-managed-policies": "true"}}
    ]
    tags = run.one("emr/cluster:Cluster").inputs["tags"]
    assert tags["for-use-with-amazon-emr-managed-policies"] == "true"


def test_its_logs_go_where_those_of_the_stack_are(run: Run, cluster: dict[str, Any]) -> None:
    logs = run.one("s3/bucket:Bucket", "logs").inputs["bucket"]
    assert cluster["logUri"] == f"s3://{logs}/clusters/cluster/"


def test_it_waits_for_its_network_and_its_rights(run: Run) -> None:
    waits = run.one("emr/cluster:Cluster").dependencies
    names = {urn.split("::")[-1] for urn in waits}
    assert {"cluster-emr", "worker", "private-to-nat", "cluster-livy"} <= names


def test_it_is_protected_where_the_environment_is(tmp_path: Path) -> None:
    protected = built(tmp_path, protect="true").one("emr/cluster:Cluster")
    assert protected.inputs["terminationProtection"] is True


def test_all_of_it_fits_the_schema(run: Run) -> None:
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_what_runs_on_it_is_not_submitted(run: Run) -> None:
    [(name, why)] = run.outputs["not_started"].items()
    assert (name, "its cluster" in why) == ("cluster", True)


def test_a_cluster_of_ones_own_has_plain_nodes_and_nothing_starts_it(tmp_path: Path) -> None:
    def own(tree: dict[str, Any]) -> None:
        for key in ("service", "release", "applications", "notebook"):
            del tree["workloads"]["cluster"][key]
        for group in tree["nodes"].values():
            group["boot_disk"] = "100 GB"

    run = built(tmp_path, own)
    assert run.of("emr/cluster:Cluster") == []
    assert set(run.outputs["node_groups"]) == {"notebook", "master", "core", "task"}
    why = run.outputs["not_started"]["cluster"]
    assert why.startswith("nothing starts a workload of kind 'batch' on aws yet; ")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda tree: tree["identities"]["helper"]["permissions"].append(
                {"store": "lake", "access": "write"}
            ),
            "one role, that of 'core'; let the identity of 'task' have the same permissions",
        ),
        (
            lambda tree: tree["nodes"]["core"].update(placement="cluster"),
            "nodes.core.placement: EMR places the nodes of a cluster itself",
        ),
        (
            lambda tree: tree["storage"]["task-disks"].update(bandwidth="500 MB/s"),
            "storage.task-disks.bandwidth: EMR gives the volumes of task nodes what their price",
        ),
    ],
)
def test_what_emr_can_not_have_is_refused(change: Change, says: str, tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=says):
        built(tmp_path, change)


def test_a_bid_that_is_not_said_is_the_price_on_demand(tmp_path: Path) -> None:
    found = built(tmp_path, lambda tree: tree["nodes"]["task"].pop("price"))
    # r5.24xlarge in us-east-1, on demand: 6.048 USD/h.
    assert found.one("emr/instanceGroup:InstanceGroup").inputs["bidPrice"] == "6.048"
