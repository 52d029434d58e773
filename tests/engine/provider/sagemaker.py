"""Models and endpoints, which end in service or say why they do not; jobs that train."""

import time

from provider.kinds import Call, Change, Kind, words

_STEP = 0.2  # s


def _retag(change: Change) -> None:
    arn, old, new = change.state["arn"], change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("delete_tags", ResourceArn=arn, TagKeys=gone)
    if new:
        pairs = [{"Key": key, "Value": value} for key, value in new.items()]
        change.call("add_tags", ResourceArn=arn, Tags=pairs)


def _wait_until_in_service(change: Change) -> None:
    """As the real provider: Creating, then InService, else an error with the reason."""
    while True:
        found = change.call("describe_endpoint", EndpointName=change.state["name"])
        if found["EndpointStatus"] == "InService":
            return
        if found["EndpointStatus"] == "Failed":
            raise ValueError(f"the endpoint is Failed: {found.get('FailureReason')}")
        time.sleep(_STEP)


def _stop_and_delete_notebook(change: Change) -> None:
    name = change.state["name"]
    if change.call("describe_notebook_instance", NotebookInstanceName=name)[
        "NotebookInstanceStatus"
    ] not in ("Stopped", "Failed"):
        change.call("stop_notebook_instance", NotebookInstanceName=name)
    change.call("delete_notebook_instance", NotebookInstanceName=name)


def _named(noun: str, parameter: str, **others: object) -> Kind:
    """What create_NOUN makes, describe_NOUN finds and delete_NOUN ends, by its name."""
    name = {parameter: "$name"}
    return Kind(
        "sagemaker",
        create=Call(f"create_{noun}", with_inputs=True),
        id="$name",
        read=Call(f"describe_{noun}", name),
        delete=Call(f"delete_{noun}", name),
        update={"tags": _retag},
        name="name",
        **others,  # type: ignore[arg-type]
    )


KINDS = {
    "sagemaker/model:Model": _named(
        "model",
        "ModelName",
        rename={"name": "ModelName"},
        outputs={"arn": "ModelArn"},
        replaces=words("executionRoleArn primaryContainer vpcConfig enableNetworkIsolation"),
        tag_type="model",
    ),
    "sagemaker/endpointConfiguration:EndpointConfiguration": _named(
        "endpoint_config",
        "EndpointConfigName",
        rename={"name": "EndpointConfigName", "kmsKeyArn": "KmsKeyId"},
        outputs={"arn": "EndpointConfigArn"},
        replaces=words("productionVariants kmsKeyArn"),
        tag_type="endpoint-config",
    ),
    "sagemaker/endpoint:Endpoint": _named(
        "endpoint",
        "EndpointName",
        rename={"name": "EndpointName"},
        created=_wait_until_in_service,
        outputs={"arn": "EndpointArn"},
        # moto knows no other configuration of one; AWS takes it in place.
        replaces=words("endpointConfigName"),
        tag_type="endpoint",
    ),
    "sagemaker/notebookInstance:NotebookInstance": Kind(
        "sagemaker",
        create=Call("create_notebook_instance", with_inputs=True),
        id="$name",
        read=Call("describe_notebook_instance", {"NotebookInstanceName": "$name"}),
        delete=_stop_and_delete_notebook,
        rename={
            "name": "NotebookInstanceName",
            "securityGroups": "SecurityGroupIds",
            "volumeSize": "VolumeSizeInGB",
        },
        update={"tags": _retag},
        outputs={"arn": "NotebookInstanceArn"},
        replaces=words(
            "directInternetAccess instanceMetadataServiceConfiguration instanceType"
            " platformIdentifier roleArn rootAccess securityGroups subnetId volumeSize"
        ),
        name="name",
        tag_type="notebook-instance",
    ),
    "sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": _named(
        "hyper_parameter_tuning_job",
        "HyperParameterTuningJobName",
        rename={
            "name": "HyperParameterTuningJobName",
            "config": "HyperParameterTuningJobConfig",
            "config.objective": "HyperParameterTuningJobObjective",
            "config.parameterRanges.categoricalParameterRanges": "CategoricalParameterRanges",
            "trainingJobDefinition.inputDataConfigs": "InputDataConfig",
        },
        outputs={"arn": "HyperParameterTuningJobArn"},
        # A job is never changed.
        replaces=words("config trainingJobDefinition"),
        tag_type="hyper-parameter-tuning-job",
    ),
    "sagemaker/trainingJob:TrainingJob": Kind(
        "sagemaker",
        create=Call("create_training_job", with_inputs=True),
        id="$trainingJobName",
        read=Call("describe_training_job", {"TrainingJobName": "$trainingJobName"}),
        delete=Call("delete_training_job", {"TrainingJobName": "$trainingJobName"}),
        rename={"inputDataConfigs": "InputDataConfig"},
        update={"tags": _retag},
        outputs={"arn": "TrainingJobArn"},
        # A job is never changed.
        replaces=words(
            "algorithmSpecification checkpointConfig enableInterContainerTrafficEncryption"
            " enableNetworkIsolation hyperParameters inputDataConfigs outputDataConfig"
            " resourceConfig retryStrategy roleArn stoppingCondition vpcConfig"
        ),
        name="trainingJobName",
        tag_type="training-job",
    ),
}
