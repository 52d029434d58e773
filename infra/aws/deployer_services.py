"""What whoever deploys needs for what services of AWS run themselves, and what watches them."""

from infra.aws.allowed_actions import Actions, of


def _api(words: str) -> Actions:
    # Its actions are the verbs of HTTP, on paths.
    return Actions(of("apigateway", words), ("arn:aws:apigateway:{region}::/*",))


def _sagemaker(kind: str, words: str) -> Actions:
    """SageMaker writes names in small letters in its ARNs, and the engine adds to names."""
    tags = "AddTags DeleteTags ListTags"
    on = f"arn:aws:sagemaker:{{region}}:{{account}}:{kind}/*"
    return Actions(of("sagemaker", f"{words} {tags}"), (on,))


def _ecs(on: str, words: str) -> Actions:
    own = of("ecs", f"{words} DescribeClusters ListTagsForResource TagResource UntagResource")
    return Actions(own, (f"arn:aws:ecs:{{region}}:{{account}}:{on}",))


def _codedeploy(on: str, words: str) -> Actions:
    tags = "ListTagsForResource TagResource UntagResource"
    where = f"arn:aws:codedeploy:{{region}}:{{account}}:{on}"
    return Actions(of("codedeploy", f"{words} {tags}"), (where,))


_FUNCTION = ("arn:aws:lambda:{region}:{account}:function:{name}*",)
SERVICES: dict[str, Actions] = {
    "aws:apigatewayv2/api:Api": _api("DELETE GET PATCH POST PUT TagResource UntagResource"),
    "aws:apigatewayv2/authorizer:Authorizer": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/integration:Integration": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/route:Route": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/stage:Stage": Actions(
        of("apigateway", "DELETE GET PATCH POST TagResource UntagResource")
        # A stage that writes a log of its requests has it delivered in the name of who asks.
        | of("logs", "CreateLogDelivery DeleteLogDelivery GetLogDelivery UpdateLogDelivery"),
        ("*",),
    ),
    "aws:appautoscaling/policy:Policy": Actions(
        of(
            "application-autoscaling",
            "DeleteScalingPolicy DescribeScalingPolicies PutScalingPolicy",
        )
        # The alarms that it makes are made in the name of who asks.
        | of("cloudwatch", "DeleteAlarms DescribeAlarms PutMetricAlarm")
    ),
    "aws:appautoscaling/target:Target": Actions(
        of(
            "application-autoscaling",
            "DeregisterScalableTarget DescribeScalableTargets ListTagsForResource"
            " RegisterScalableTarget TagResource UntagResource",
        )
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:budgets/budget:Budget": Actions(
        of("budgets", "ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget"),
        ("arn:aws:budgets::{account}:budget/{name}",),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Actions(
        of("cloudwatch", "DeleteDashboards GetDashboard PutDashboard"),
        ("arn:aws:cloudwatch::{account}:dashboard/{name}",),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Actions(
        of(
            "cloudwatch",
            "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource"
            " UntagResource",
        ),
        ("arn:aws:cloudwatch:{region}:{account}:alarm:{name}",),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Actions(
        of(
            "logs",
            "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeLogGroups"
            " ListTagsForResource PutRetentionPolicy TagResource UntagResource",
        ),
        ("arn:aws:logs:{region}:{account}:log-group:*",),
    ),
    "aws:emr/cluster:Cluster": Actions(
        of(
            "elasticmapreduce",
            "AddTags DescribeCluster ListBootstrapActions ListInstanceGroups ListInstances"
            " ModifyInstanceGroups PutAutoTerminationPolicy RemoveTags RunJobFlow"
            " SetTerminationProtection TerminateJobFlows",
        )
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:emr/instanceGroup:InstanceGroup": Actions(
        of("elasticmapreduce", "AddInstanceGroups ListInstanceGroups ModifyInstanceGroups")
    ),
    "aws:emr/securityConfiguration:SecurityConfiguration": Actions(
        of(
            "elasticmapreduce",
            "CreateSecurityConfiguration DeleteSecurityConfiguration DescribeSecurityConfiguration",
        )
    ),
    "aws:lambda/function:Function": Actions(
        of(
            "lambda",
            "CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction"
            " GetFunctionCodeSigningConfig GetFunctionConfiguration ListVersionsByFunction"
            " PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode"
            " UpdateFunctionConfiguration",
        ),
        _FUNCTION,
    ),
    "aws:lambda/permission:Permission": Actions(
        of("lambda", "AddPermission GetPolicy RemovePermission"),
        ("arn:aws:lambda:{region}:{account}:function:*",),
    ),
    "aws:sagemaker/endpoint:Endpoint": _sagemaker(
        "endpoint", "CreateEndpoint DeleteEndpoint DescribeEndpoint UpdateEndpoint"
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _sagemaker(
        "endpoint-config", "CreateEndpointConfig DeleteEndpointConfig DescribeEndpointConfig"
    ),
    "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": _sagemaker(
        "hyper-parameter-tuning-job",
        "CreateHyperParameterTuningJob DeleteHyperParameterTuningJob"
        " DescribeHyperParameterTuningJob StopHyperParameterTuningJob",
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": _sagemaker(
        "notebook-instance",
        "CreateNotebookInstance DeleteNotebookInstance DescribeNotebookInstance"
        " StartNotebookInstance StopNotebookInstance UpdateNotebookInstance",
    ),
    # It stops a job that runs, and takes away network interfaces that such a job leaves.
    "aws:sagemaker/trainingJob:TrainingJob": _sagemaker(
        "training-job",
        "CreateTrainingJob DeleteTrainingJob DescribeTrainingJob StopTrainingJob UpdateTrainingJob",
    ),
    "aws:sagemaker/model:Model": _sagemaker("model", "CreateModel DeleteModel DescribeModel"),
    "aws:ecs/cluster:Cluster": _ecs("cluster/{name}*", "CreateCluster DeleteCluster UpdateCluster"),
    "aws:ecs/service:Service": _ecs(
        "service/*", "CreateService DeleteService DescribeServices UpdateService"
    ),
    # AWS knows no resource of these.
    "aws:ecs/taskDefinition:TaskDefinition": Actions(
        of(
            "ecs",
            "DeregisterTaskDefinition DescribeTaskDefinition ListTagsForResource"
            " RegisterTaskDefinition TagResource UntagResource",
        )
    ),
    "aws:codedeploy/application:Application": _codedeploy(
        "application:{name}*",
        "CreateApplication DeleteApplication GetApplication UpdateApplication",
    ),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": _codedeploy(
        "deploymentgroup:*",
        "CreateDeploymentGroup DeleteDeploymentGroup GetDeploymentGroup UpdateDeploymentGroup",
    ),
    "aws:ssm/parameter:Parameter": Actions(
        of(
            "ssm",
            "AddTagsToResource DeleteParameter GetParameter GetParameters ListTagsForResource"
            " PutParameter RemoveTagsFromResource",
        ),
        ("arn:aws:ssm:{region}:{account}:parameter/windtunnel/*",),
    ),
    "aws:sns/topic:Topic": Actions(
        of(
            "sns",
            "CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes"
            " TagResource UntagResource",
        ),
        ("arn:aws:sns:{region}:{account}:{name}",),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Actions(
        of("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Subscribe Unsubscribe"),
        ("arn:aws:sns:{region}:{account}:*",),
    ),
}
