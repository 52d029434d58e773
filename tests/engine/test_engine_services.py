"""The real engine with what services run: as many as are described, of the described size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples import ROOT, Example

Client = Callable[[str], Any]
Make = Callable[[Path], Example]


def stages(tree: dict[str, Any]) -> dict[str, Any]:
    """The stages of the only workload."""
    [workload] = tree["workloads"].values()
    found: dict[str, Any] = workload["stages"]
    return found


def served(aws: Client) -> tuple[str, int]:
    """Instances of the only endpoint of SageMaker."""
    sagemaker = aws("sagemaker")
    [endpoint] = sagemaker.list_endpoints()["Endpoints"]
    told = sagemaker.describe_endpoint(EndpointName=endpoint["EndpointName"])
    name = told["EndpointConfigName"]
    [variant] = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    return variant["InstanceType"], variant["InitialInstanceCount"]


def test_one_key_takes_a_task_from_service_to_service(example: Make, aws: Client) -> None:
    stack = example(ROOT / "stacks" / "image-labels.yaml")
    stack.change(lambda tree: tree.update(variant="sagemaker"))
    stack.engine.up()
    assert served(aws) == ("ml.g5.xlarge", 1)

    def larger(tree: dict[str, Any]) -> None:
        key = "workloads.labels.stages.label"
        tree["variants"]["sagemaker"][key]["sagemaker"]["instance"] = "ml.g5.2xlarge"
        tree["variants"]["sagemaker"][key]["replicas"] = 2

    stack.change(larger)
    stack.engine.up()
    assert served(aws) == ("ml.g5.2xlarge", 2)

    def on_nodes(tree: dict[str, Any]) -> None:
        [certificate] = aws("acm").list_certificates()["CertificateSummaryList"]
        gateway = tree["variants"]["ec2"]["workloads.labels.stages.gateway"]
        gateway["certificate"] = certificate["CertificateArn"]
        tree["variant"] = "ec2"

    stack.change(on_nodes)
    stack.engine.up()
    assert aws("sagemaker").list_endpoints()["Endpoints"] == []
    [group] = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert group["DesiredCapacity"] == 1
    stack.change(lambda tree: tree.update(variant="rekognition"))
    stack.engine.up()
    assert aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert set(stack.engine.up()) == {"same"}
    stack.engine.destroy()


def test_a_function_gets_another_memory_in_place(example: Make, aws: Client) -> None:
    stack = example(ROOT / "stacks" / "lambda-endpoint.yaml")
    stack.engine.up()
    stack.change(lambda tree: stages(tree)["function"]["function"].update(memory="3 GB"))
    assert set(stack.engine.up()) == {"same", "update"}
    [function] = aws("lambda").list_functions()["Functions"]
    assert function["MemorySize"] * 2**20 >= 3e9
    assert set(stack.engine.refresh()) == {"same"}
    stack.engine.destroy()


def test_containers_without_nodes_become_more_and_larger(example: Make, aws: Client) -> None:
    stack = example(ROOT / "stacks" / "ecs-endpoint.yaml")

    def tasks() -> dict[str, tuple[int, str]]:
        """How many tasks each service of Fargate wants, and the memory of one, MiB."""
        ecs = aws("ecs")
        [cluster] = ecs.list_clusters()["clusterArns"]
        names = ecs.list_services(cluster=cluster)["serviceArns"]
        found = {}
        for one in ecs.describe_services(cluster=cluster, services=names)["services"]:
            arn = one["taskDefinition"]
            told = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
            if "FARGATE" in told["requiresCompatibilities"]:
                found[one["serviceName"]] = (one["desiredCount"], told["memory"])
        return found

    # With blue-green a deployment by CodeDeploy takes it over.
    stack.change(lambda tree: stages(tree)["web"]["container"].update(deployment="rolling"))
    stack.engine.up()
    [(name, before)] = tasks().items()

    def more(tree: dict[str, Any]) -> None:
        stages(tree)["web"]["fargate"]["memory"] = "8 GB"
        stages(tree)["web"]["replicas"] += 1

    stack.change(more)
    stack.engine.up()
    assert tasks() == {name: (before[0] + 1, str(2 * int(before[1])))}
    assert set(stack.engine.refresh()) == {"same"}
    stack.engine.destroy()
