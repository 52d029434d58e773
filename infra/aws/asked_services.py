"""How AWS is asked for what its services run themselves, and for identities."""

from infra.aws.question import Question

_API = {"ApiId": "$apiId"}


def _in_cluster(operation: str, listed: str, named: str) -> Question:
    """What belongs to a cluster of EKS, whose name is the first half of its ID.

    Arguments:
        operation: that lists it.
        listed: key of what comes back.
        named: the second half.
    """
    answer = f"{listed}[?@=='{named}'].join(':', ['$clusterName', @]) | [0]"
    return Question("eks", operation, {"clusterName": "$clusterName"}, answer)


SERVICES = {
    "aws:apigatewayv2/api:Api": Question(
        "apigatewayv2", "get_apis", {}, "Items[?Name=='$name'].ApiId | [0]"
    ),
    "aws:apigatewayv2/authorizer:Authorizer": Question(
        "apigatewayv2", "get_authorizers", _API, "Items[?Name=='$name'].AuthorizerId | [0]"
    ),
    "aws:apigatewayv2/integration:Integration": Question(
        "apigatewayv2",
        "get_integrations",
        _API,
        "Items[?IntegrationUri=='$integrationUri'].IntegrationId | [0]",
    ),
    "aws:apigatewayv2/route:Route": Question(
        "apigatewayv2", "get_routes", _API, "Items[?RouteKey=='$routeKey'].RouteId | [0]"
    ),
    "aws:apigatewayv2/stage:Stage": Question(
        "apigatewayv2", "get_stages", _API, "Items[?StageName=='$name'].StageName | [0]"
    ),
    "aws:backup/plan:Plan": Question(
        "backup",
        "list_backup_plans",
        {},
        "BackupPlansList[?BackupPlanName=='$name'].BackupPlanId | [0]",
    ),
    "aws:backup/selection:Selection": Question(
        "backup",
        "list_backup_selections",
        {"BackupPlanId": "$planId"},
        "BackupSelectionsList[?SelectionName=='$name'].SelectionId | [0]",
    ),
    "aws:backup/vault:Vault": Question(
        "backup",
        "list_backup_vaults",
        {},
        "BackupVaultList[?BackupVaultName=='$name'].BackupVaultName | [0]",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Question(
        "logs",
        "describe_log_groups",
        {"logGroupNamePrefix": "$name"},
        "logGroups[?logGroupName=='$name'].logGroupName | [0]",
    ),
    "aws:eks/accessEntry:AccessEntry": _in_cluster(
        "list_access_entries", "accessEntries", "$principalArn"
    ),
    "aws:eks/addon:Addon": _in_cluster("list_addons", "addons", "$addonName"),
    "aws:eks/cluster:Cluster": Question("eks", "list_clusters", {}, "clusters[?@=='$name'] | [0]"),
    "aws:eks/nodeGroup:NodeGroup": _in_cluster("list_nodegroups", "nodegroups", "$nodeGroupName"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Question(
        "eks",
        "list_pod_identity_associations",
        {
            "clusterName": "$clusterName",
            "namespace": "$namespace",
            "serviceAccount": "$serviceAccount",
        },
        "associations[0].associationId",
    ),
    "aws:emr/cluster:Cluster": Question(
        "emr",
        "list_clusters",
        {"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]},
        "Clusters[?Name=='$name'].Id | [0]",
    ),
    "aws:emr/instanceGroup:InstanceGroup": Question(
        "emr",
        "list_instance_groups",
        {"ClusterId": "$clusterId"},
        "InstanceGroups[?Name=='$name'].Id | [0]",
    ),
    "aws:emr/securityConfiguration:SecurityConfiguration": Question(
        "emr",
        "list_security_configurations",
        {},
        "SecurityConfigurations[?Name=='$name'].Name | [0]",
    ),
    "aws:iam/group:Group": Question(
        "iam", "list_groups", {}, "Groups[?GroupName=='$name'].GroupName | [0]"
    ),
    "aws:iam/instanceProfile:InstanceProfile": Question(
        "iam",
        "list_instance_profiles",
        {},
        "InstanceProfiles[?InstanceProfileName=='$name'].InstanceProfileName | [0]",
    ),
    "aws:iam/role:Role": Question(
        "iam", "list_roles", {}, "Roles[?RoleName=='$name'].RoleName | [0]"
    ),
    "aws:iam/user:User": Question(
        "iam", "list_users", {}, "Users[?UserName=='$name'].UserName | [0]"
    ),
    "aws:kinesis/stream:Stream": Question(
        "kinesis",
        "list_streams",
        {},
        "StreamSummaries[?StreamName=='$name'].StreamARN | [0]",
    ),
    "aws:lambda/function:Function": Question(
        "lambda", "list_functions", {}, "Functions[?FunctionName=='$name'].FunctionName | [0]"
    ),
    "aws:sagemaker/endpoint:Endpoint": Question(
        "sagemaker",
        "list_endpoints",
        {"NameContains": "$name"},
        "Endpoints[?EndpointName=='$name'].EndpointName | [0]",
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Question(
        "sagemaker",
        "list_endpoint_configs",
        {"NameContains": "$name"},
        "EndpointConfigs[?EndpointConfigName=='$name'].EndpointConfigName | [0]",
    ),
    "aws:sagemaker/model:Model": Question(
        "sagemaker",
        "list_models",
        {"NameContains": "$name"},
        "Models[?ModelName=='$name'].ModelName | [0]",
    ),
    "aws:codedeploy/application:Application": Question(
        "codedeploy", "list_applications", {}, "applications[?@=='$name'] | [0]"
    ),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": Question(
        "codedeploy",
        "list_deployment_groups",
        {"applicationName": "$appName"},
        "deploymentGroups[?@=='$deploymentGroupName'].join(':', ['$appName', @]) | [0]",
    ),
    "aws:ecr/repository:Repository": Question(
        "ecr",
        "describe_repositories",
        {},
        "repositories[?repositoryName=='$name'].repositoryName | [0]",
    ),
    "aws:ecs/cluster:Cluster": Question(
        "ecs", "list_clusters", {}, "clusterArns[?ends_with(@, 'cluster/$name')] | [0]"
    ),
    "aws:ecs/service:Service": Question(
        "ecs",
        "list_services",
        {"cluster": "$cluster"},
        "serviceArns[?ends_with(@, '/$name')] | [0]",
    ),
    "aws:msk/cluster:Cluster": Question(
        "kafka",
        "list_clusters_v2",
        {"ClusterNameFilter": "$clusterName"},
        "ClusterInfoList[?ClusterName=='$clusterName'].ClusterArn | [0]",
    ),
    "aws:msk/configuration:Configuration": Question(
        "kafka", "list_configurations", {}, "Configurations[?Name=='$name'].Arn | [0]"
    ),
    "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": Question(
        "sagemaker",
        "list_hyper_parameter_tuning_jobs",
        {"NameContains": "$name"},
        "HyperParameterTuningJobSummaries[?HyperParameterTuningJobName=='$name']"
        ".HyperParameterTuningJobName | [0]",
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": Question(
        "sagemaker",
        "list_notebook_instances",
        {"NameContains": "$name"},
        "NotebookInstances[?NotebookInstanceName=='$name'].NotebookInstanceName | [0]",
    ),
    "aws:sagemaker/trainingJob:TrainingJob": Question(
        "sagemaker",
        "list_training_jobs",
        {"NameContains": "$trainingJobName"},
        "TrainingJobSummaries[?TrainingJobName=='$trainingJobName'].TrainingJobName | [0]",
    ),
    "aws:ssm/parameter:Parameter": Question(
        "ssm",
        "describe_parameters",
        {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["$name"]}]},
        "Parameters[0].Name",
    ),
}
