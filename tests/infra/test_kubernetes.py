"""A Kubernetes cluster on AWS: who reaches it, what its nodes and pods may do, what it is told."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from infra.kubernetes_containers import Containers
from infra.kubernetes_manifest import manifest, written
from models.catalog.provider_record import KubernetesService
from models.catalog.providers import CLOUDS

from .example_graphs import ROOT, graph_of
from .kubernetes_rules import wrong
from .mock_cloud import ACCOUNT, Registered, Run, run_program
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "eks-endpoint.yaml"
CLUSTER, NODES = "eks/cluster:Cluster", "eks/nodeGroup:NodeGroup"
TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
ADD_ON = "eks/addon:Addon"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def changed(folder: Path, change: Callable[[dict[str, Any]], Any], **site: Any) -> Run:
    tree = yaml.safe_load(EXAMPLE.read_text())
    change(tree)
    path = folder / "stack.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    zones = ("us-east-1a", "us-east-1b")
    return run_program({"windtunnel:stack": str(path), **config}, zones=zones, **site)


def managed(run: Run, role: str) -> set[str]:
    """Policies of AWS that a role has."""
    found = run.of("iam/rolePolicyAttachment:RolePolicyAttachment")
    mine = [one for one in found if one.inputs["role"] == f"Role-{role}"]
    return {one.inputs["policyArn"].rpartition("/")[2] for one in mine}


def service() -> KubernetesService:
    found = CLOUDS["aws"].kubernetes
    assert found is not None
    return found


def taken_by(run: Run, role: str) -> tuple[str, Any]:
    trust = json.loads(run.one("iam/role:Role", role).inputs["assumeRolePolicy"])
    [statement] = trust["Statement"]
    return statement["Principal"]["Service"], statement["Action"]


def objects(run: Run) -> dict[str, dict[str, Any]]:
    """What is told to the cluster, by kind and name."""
    listed = list(yaml.safe_load_all(run.outputs["manifest"]))
    assert wrong(listed) == []
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in listed}


def test_all_properties_are_of_the_schema(run: Run) -> None:
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_the_control_plane_is_closed_encrypted_and_logged(run: Run) -> None:
    cluster = run.one(CLUSTER).inputs
    where = cluster["vpcConfig"]
    assert (where["endpointPrivateAccess"], where["endpointPublicAccess"]) == (True, False)
    assert len(where["subnetIds"]) == 2
    assert cluster["encryptionConfig"]["provider"]["keyArn"].endswith("key/kubernetes-1a2b3c4")
    assert len(cluster["enabledClusterLogTypes"]) == 5
    assert (cluster["version"], cluster["upgradePolicy"]) == ("1.35", {"supportType": "STANDARD"})
    logs = run.one("cloudwatch/logGroup:LogGroup", "kubernetes")
    assert logs.inputs["name"] == f"/aws/eks/{cluster['name']}/cluster"
    assert logs.urn in run.one(CLUSTER).dependencies


def test_named_ranges_alone_reach_it_from_outside(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree["kubernetes"].update(open_to=["203.0.113.0/24"]))
    where = run.one(CLUSTER).inputs["vpcConfig"]
    assert where["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert (where["endpointPrivateAccess"], where["endpointPublicAccess"]) == (True, True)


def test_the_role_that_deploys_is_let_in_and_nobody_by_having_made_it(run: Run) -> None:
    """A session is let in as the role that it is of, with the path that the role has."""
    asked = [args for token, args in run.calls if token.endswith("getSessionContext")]
    assert asked == [{"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session"}]
    role = f"arn:aws:iam::{ACCOUNT}:role/teams/deployer"
    assert run.one("eks/accessEntry:AccessEntry").inputs["principalArn"] == role
    access = run.one("eks/accessPolicyAssociation:AccessPolicyAssociation").inputs
    assert access["principalArn"] == role
    assert access["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert run.one(CLUSTER).inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


def test_each_role_has_what_its_service_demands_and_nothing_more(run: Run) -> None:
    assert managed(run, "kubernetes") == {"AmazonEKSClusterPolicy"}
    assert managed(run, "kubernetes-nodes") == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
    }
    assert managed(run, "kubernetes-vpc-cni") == {"AmazonEKS_CNI_Policy"}
    assert managed(run, "server") == set()
    pods = ("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])
    assert taken_by(run, "kubernetes") == ("eks.amazonaws.com", "sts:AssumeRole")
    assert taken_by(run, "kubernetes-nodes") == ("ec2.amazonaws.com", "sts:AssumeRole")
    assert taken_by(run, "kubernetes-vpc-cni") == taken_by(run, "server") == pods
    assert run.of("iam/instanceProfile:InstanceProfile") == []


def test_sessions_reach_nodes_and_not_what_runs_on_them(tmp_path: Path) -> None:
    def change(tree: dict[str, Any]) -> None:
        tree["network"] = {"session_manager": True}

    run = changed(tmp_path, change)
    policies = {one.name: one.inputs["policy"] for one in run.of("iam/rolePolicy:RolePolicy")}
    assert policies.keys() == {"server", "kubernetes-nodes"}
    assert "ssmmessages:" in policies["kubernetes-nodes"]
    assert "ssmmessages:" not in policies["server"]


def test_containers_read_the_described_bucket_and_no_other(run: Run) -> None:
    policy = json.loads(run.one("iam/rolePolicy:RolePolicy").inputs["policy"])
    bucket = run.one("s3/bucket:Bucket", "models").inputs["bucket"]
    named = {one["Resource"] for one in policy["Statement"]}
    assert named == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    association = run.one("eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert association["roleArn"] == run.outputs["roles"]["gpus"]
    told = objects(run)
    assert f"ServiceAccount/{association['serviceAccount']}" in told
    assert f"Namespace/{association['namespace']}" in told


def test_nodes_are_as_many_and_of_the_type_that_were_predicted(run: Run) -> None:
    group, template = run.one(NODES).inputs, run.one(TEMPLATE).inputs
    assert group["scalingConfig"] == {"minSize": 2, "maxSize": 2, "desiredSize": 2}
    assert group["amiType"] == "AL2023_x86_64_NVIDIA"
    assert group["nodeRepairConfig"] == {"enabled": True}
    # No more nodes than there are described: of others there is neither a quota nor a reservation.
    assert group["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    assert "instanceTypes" not in group
    assert template["instanceType"] == "g4dn.xlarge"
    # What EKS says itself, and refuses of a template.
    for key in ("imageId", "iamInstanceProfile", "userData", "instanceInitiatedShutdownBehavior"):
        assert key not in template
    assert run.outputs["not_started"] == {}


def test_pods_have_no_way_to_the_role_of_their_node(run: Run) -> None:
    options = run.one(TEMPLATE).inputs["metadataOptions"]
    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_what_a_node_needs_is_there_before_it(run: Run) -> None:
    first = {one.name for one in run.of(ADD_ON) if one.urn in run.one(NODES).dependencies}
    assert first == {
        "kubernetes-vpc-cni",
        "kubernetes-kube-proxy",
        "kubernetes-eks-pod-identity-agent",
    }
    later = [one for one in run.of(ADD_ON) if run.one(NODES).urn in one.dependencies]
    assert {one.name for one in later} == {
        "kubernetes-coredns",
        "kubernetes-eks-node-monitoring-agent",
    }


def test_add_ons_have_the_versions_of_the_first_update(run: Run) -> None:
    """Another version of Kubernetes has another parameter, so they are asked for again."""
    asked = [args for token, args in run.calls if token.endswith("getAddonVersion")]
    assert {one["kubernetesVersion"] for one in asked} == {"1.35"}
    parameter = run.one("ssm/parameter:Parameter", "kubernetes-add-ons-1.35")
    assert parameter.ignored == ("insecureValue",)
    assert json.loads(parameter.inputs["insecureValue"]) == {
        one.inputs["addonName"]: one.inputs["addonVersion"] for one in run.of(ADD_ON)
    }
    assert {one.inputs["addonName"] for one in run.of(ADD_ON)} == {*service().add_ons}
    assert all(parameter.urn in one.dependencies for one in run.of(ADD_ON))


def test_add_ons_that_are_named_are_asked_for_by_nobody(tmp_path: Path) -> None:
    named = dict.fromkeys(service().add_ons, "v1.2.3-eksbuild.4")
    run = changed(tmp_path, lambda tree: tree["kubernetes"].update(add_ons=named))
    assert not any(token.endswith("getAddonVersion") for token, _ in run.calls)
    assert {one.inputs["addonName"]: one.inputs["addonVersion"] for one in run.of(ADD_ON)} == named


def test_the_newest_are_taken_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(EXAMPLE.read_text())
    wanted = {"enforce": "false", "replications": "2", "newestImages": "true"}
    config = {"windtunnel:stack": str(path), **{f"windtunnel:{k}": v for k, v in wanted.items()}}
    run = run_program(config, zones=("us-east-1a", "us-east-1b"))
    assert run.one("ssm/parameter:Parameter", "kubernetes-add-ons-1.35").ignored == ()


def test_the_load_balancer_reaches_the_port_that_the_service_has_on_nodes(run: Run) -> None:
    told, targets = objects(run), run.one("lb/targetGroup:TargetGroup").inputs
    [port] = told["Service/vision-model"]["spec"]["ports"]
    assert (targets["targetType"], targets["port"]) == ("instance", port["nodePort"])
    attached = run.one("autoscaling/attachment:Attachment").inputs
    assert attached["autoscalingGroupName"] == run.outputs["kubernetes"]["node_groups"]["gpus"]
    interface = run.one(TEMPLATE).inputs["networkInterfaces"][0]
    assert set(interface["securityGroups"]) == {
        "sg-cluster",
        "SecurityGroup-nodes",
        "SecurityGroup-vision.gateway-answers",
    }


def test_containers_are_as_many_and_as_large_as_were_predicted(run: Run) -> None:
    told = objects(run)
    spec = told["Deployment/vision-model"]["spec"]
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    assert spec["replicas"] == 2
    assert container["resources"]["limits"] == {"nvidia.com/gpu": 1, "memory": "8000000000"}
    assert pod["nodeSelector"] == run.one(NODES).inputs["labels"]
    address = run.outputs["repositories"]["vision.model"]
    assert container["image"] == f"{address}:2.1.0"
    assert "DaemonSet/nvidia-device-plugin" in told
    assert "&id" not in run.outputs["manifest"]


def test_accelerators_of_aws_are_asked_for_as_neuron_calls_them(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree["nodes"]["gpus"].update(instance="inf2.xlarge"))
    told = objects(run)
    [container] = told["Deployment/vision-model"]["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["aws.amazon.com/neuron"] == 1
    assert run.one(NODES).inputs["amiType"] == "AL2023_x86_64_NEURON"
    assert "DaemonSet/neuron-device-plugin" in told
    assert "DaemonSet/nvidia-device-plugin" not in told
    bound = told["ClusterRoleBinding/neuron-device-plugin"]
    assert bound["subjects"][0]["name"] in {
        one["metadata"]["name"] for one in told.values() if one["kind"] == "ServiceAccount"
    }


def test_the_outputs_lead_to_the_cluster(run: Run) -> None:
    found = run.outputs["kubernetes"]
    name = run.one(CLUSTER).inputs["name"]
    assert found["kubeconfig"] == f"aws eks update-kubeconfig --region us-east-1 --name {name}"
    assert found["endpoint"].startswith("https://")
    # What an older manifest had and this one has not is ended, and nothing of others.
    assert found["apply"] == (
        "pulumi stack output manifest | kubectl apply --prune"
        " --selector windtunnel/stack=eks-endpoint --prune-allowlist=apps/v1/Deployment"
        " --prune-allowlist=batch/v1/Job --prune-allowlist=core/v1/Service -f -"
    )


def test_nodes_without_accelerators_beside_it_stay_plain(tmp_path: Path) -> None:
    def change(tree: dict[str, Any]) -> None:
        tree["nodes"]["login"] = {"instance": "c5.xlarge", "count": 1}

    run = changed(tmp_path, change)
    assert [one.name for one in run.of("autoscaling/group:Group")] == ["login"]
    assert {*run.outputs["node_groups"]} == {"login"}
    template = next(one for one in run.of(TEMPLATE) if one.name.startswith("login"))
    assert "#!/bin/bash" in base64.b64decode(template.inputs["userData"]).decode()


def test_alerts_watch_the_load_balancer_and_no_nodes(tmp_path: Path) -> None:
    run = changed(tmp_path, lambda tree: tree.update(alerts={"email": "ml@example.com"}))
    alarms = {one.name for one in run.of("cloudwatch/metricAlarm:MetricAlarm")}
    assert not any("gpus" in one for one in alarms)
    assert any("vision-errors" in one for one in alarms)


def bought(how: str) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["nodes"]["gpus"].update(purchase=how)


def test_what_eks_can_not_change_is_a_group_of_another_name(tmp_path: Path, run: Run) -> None:
    spot = changed(tmp_path, bought("spot")).one(NODES).inputs
    assert spot["capacityType"] == "SPOT"
    assert spot["nodeGroupName"] != run.one(NODES).inputs["nodeGroupName"]


def registered(run: Run) -> list[Registered]:
    return run.clouds


@pytest.mark.parametrize(
    ("change", "site", "said"),
    [
        (lambda tree: None, {"quota": 1}, "it has 2 nodes, but the quota"),
        (
            lambda tree: tree["nodes"]["gpus"].update(placement="spread", count=15),
            {},
            "AWS spreads 7 nodes of a zone at most, not 8",
        ),
        (
            lambda tree: tree["nodes"]["gpus"].update(boot_disk="16 GB"),
            {},
            "nodes.gpus.boot_disk: the image that nodes boot needs 20 GiB, not 14.9 GiB",
        ),
        (lambda tree: None, {"silent": "getAddonVersion"}, "which version of 'eks-pod-identity"),
        (
            lambda tree: tree["nodes"]["gpus"].update(instance="p3.2xlarge"),
            {},
            "EKS has no current image for V100",
        ),
    ],
)
def test_what_can_not_be_had_is_refused_before_anything(
    change: Callable[[dict[str, Any]], None], site: dict[str, Any], said: str, tmp_path: Path
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=said):
        changed(tmp_path, change, run=run, **site)
    assert registered(run) == []


def test_a_manifest_without_accelerators_has_no_plugin() -> None:
    one = Containers(
        "web", "cpus", "cpus", "registry/web:1", 3, 8080, 30_081, vcpus=2, variables={"A": "1"}
    )
    text = written(manifest("shop", ["cpus"], [], [one]))
    kinds = [each["kind"] for each in yaml.safe_load_all(text)]
    assert kinds == ["Namespace", "ServiceAccount", "Deployment", "Service"]
    *_, deployment, _ = yaml.safe_load_all(text)
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "2"}, "limits": {}}
    assert container["env"] == [{"name": "A", "value": "1"}]
