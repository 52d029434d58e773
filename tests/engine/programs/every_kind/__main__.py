"""One resource at least of every kind, wired as a training stack would wire them."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
machine = config.get("machine") or "p4d.24xlarge"
tags = {"stack": config.get("tag") or "one"}

zone = aws.get_availability_zones(state="available").names[0]
region = aws.get_region().region
image = aws.ssm.get_parameter(
    name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
)
ubuntu = aws.ec2.get_ami(
    owners=["099720109477"],
    most_recent=True,
    filters=[{"name": "name", "values": ["ubuntu/images/hvm-ssd/ubuntu-*"]}],
)

vpc = aws.ec2.Vpc("net", cidr_block="10.1.0.0/16", enable_dns_hostnames=True, tags=tags)
public = aws.ec2.Subnet(
    "public",
    vpc_id=vpc.id,
    cidr_block="10.1.0.0/24",
    availability_zone=zone,
    map_public_ip_on_launch=True,
)
private = aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block="10.1.1.0/24", availability_zone=zone)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
address = aws.ec2.Eip("address", domain="vpc")
nat = aws.ec2.NatGateway("nat", subnet_id=public.id, allocation_id=address.id)
outward = aws.ec2.RouteTable(
    "outward", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}]
)
inward = aws.ec2.RouteTable("inward", vpc_id=vpc.id)
aws.ec2.Route(
    "to-nat",
    route_table_id=inward.id,
    destination_cidr_block="0.0.0.0/0",
    nat_gateway_id=nat.id,
)
aws.ec2.RouteTableAssociation("public", route_table_id=outward.id, subnet_id=public.id)
aws.ec2.RouteTableAssociation("private", route_table_id=inward.id, subnet_id=private.id)
aws.ec2.VpcEndpoint(
    "s3",
    vpc_id=vpc.id,
    service_name=f"com.amazonaws.{region}.s3",
    vpc_endpoint_type="Gateway",
    route_table_ids=[inward.id, outward.id] if config.get_bool("wide") else [inward.id],
)

inline = aws.ec2.SecurityGroup(
    "inline",
    vpc_id=vpc.id,
    ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
group = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id, description="the nodes")
aws.vpc.SecurityGroupIngressRule(
    "peers",
    security_group_id=group.id,
    referenced_security_group_id=group.id,
    ip_protocol="-1",
)
aws.vpc.SecurityGroupEgressRule(
    "world", security_group_id=group.id, cidr_ipv4="0.0.0.0/0", ip_protocol="-1"
)

trust = aws.iam.get_policy_document(
    statements=[
        {
            "actions": ["sts:AssumeRole"],
            "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
        }
    ]
)
role = aws.iam.Role("node", assume_role_policy=trust.json, tags=tags)
read = {"Version": "2012-10-17", "Statement": []}
allowed = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]
policy = aws.iam.Policy("read", policy=json.dumps({**read, "Statement": allowed}))
aws.iam.RolePolicy("inline", role=role.name, policy=json.dumps({**read, "Statement": allowed}))
aws.iam.RolePolicyAttachment("own", role=role.name, policy_arn=policy.arn)
aws.iam.RolePolicyAttachment(
    "managed",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
)
profile = aws.iam.InstanceProfile("node", role=role.name)

cluster = aws.ec2.PlacementGroup("cluster", strategy="cluster")
aws.ec2.CapacityReservation(
    "kept",
    instance_type=machine,
    instance_platform="Linux/UNIX",
    instance_count=1,
    availability_zone=private.availability_zone,
    instance_match_criteria="targeted",
    tags=tags,
)
template = aws.ec2.LaunchTemplate(
    "node",
    image_id=image.value,
    instance_type=machine,
    update_default_version=True,
    iam_instance_profile={"arn": profile.arn},
    placement={"group_name": cluster.name},
    block_device_mappings=[
        {"device_name": "/dev/xvda", "ebs": {"volume_size": 200, "volume_type": "gp3"}}
    ],
    network_interfaces=[
        {
            "device_index": 0,
            "interface_type": "efa",
            "security_groups": [group.id],
            "subnet_id": private.id,
        }
    ],
    metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 2},
    tag_specifications=[{"resource_type": "instance", "tags": tags}],
    user_data="IyEvYmluL3NoCg==",
)
aws.autoscaling.Group(
    "nodes",
    min_size=0,
    max_size=4,
    desired_capacity=config.get_int("nodes") or 1,
    vpc_zone_identifiers=[private.id],
    launch_template={"id": template.id, "version": "$Latest"},
    tags=[{"key": "stack", "value": tags["stack"], "propagate_at_launch": True}],
)
login = aws.ec2.Instance(
    "login",
    ami=ubuntu.id,
    instance_type="t3.micro",
    subnet_id=public.id,
    vpc_security_group_ids=[group.id],
    iam_instance_profile=profile.name,
    root_block_device={"volume_size": 100, "volume_type": "gp3"},
    metadata_options={"http_tokens": "required"},
    source_dest_check=False,
    tags=tags,
)
disk = aws.ebs.Volume("data", availability_zone=zone, size=500, type="gp3", tags=tags)
aws.ec2.VolumeAttachment("data", device_name="/dev/sdf", instance_id=login.id, volume_id=disk.id)

key = aws.kms.Key("data", enable_key_rotation=True, deletion_window_in_days=7, description="data")
aws.kms.Alias("data", name="alias/data", target_key_id=key.key_id)
bucket = aws.s3.Bucket("data", force_destroy=True, tags=tags)
aws.s3.BucketPublicAccessBlock(
    "data", bucket=bucket.id, block_public_acls=True, block_public_policy=True
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "data",
    bucket=bucket.id,
    rules=[
        {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": key.arn,
            },
            "bucket_key_enabled": True,
        }
    ],
)
aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
aws.s3.BucketOwnershipControls(
    "data", bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"}
)
aws.s3.BucketLifecycleConfiguration(
    "data",
    bucket=bucket.id,
    rules=[
        {
            "id": "tmp",
            "status": "Enabled",
            "filter": {"prefix": "tmp/"},
            "expiration": {"days": 7},
        }
    ],
)
denied = bucket.arn.apply(
    lambda arn: json.dumps(
        {
            **read,
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": f"{arn}/*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    )
)
aws.s3.BucketPolicy("data", bucket=bucket.id, policy=denied)

lustre = aws.fsx.LustreFileSystem(
    "scratch",
    subnet_ids=private.id,
    security_group_ids=[group.id],
    storage_capacity=1200,
    deployment_type="PERSISTENT_2",
    per_unit_storage_throughput=250,
    tags=tags,
)
home = aws.efs.FileSystem(
    "home", encrypted=True, lifecycle_policies=[{"transition_to_ia": "AFTER_30_DAYS"}]
)
aws.efs.MountTarget(
    "home", file_system_id=home.id, subnet_id=private.id, security_groups=[group.id]
)

aws.efs.FileSystemPolicy(
    "home",
    file_system_id=home.id,
    policy=home.arn.apply(
        lambda arn: json.dumps(
            {
                **read,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "*"},
                        "Action": "elasticfilesystem:ClientMount",
                        "Resource": arn,
                    }
                ],
            }
        )
    ),
)
aws.efs.BackupPolicy("home", file_system_id=home.id, backup_policy={"status": "ENABLED"})
vault = aws.backup.Vault("home", tags=tags)
plan = aws.backup.Plan(
    "home",
    rules=[
        {
            "rule_name": "daily",
            "target_vault_name": vault.name,
            "schedule": "cron(0 5 ? * * *)",
            "lifecycle": {"delete_after": 14 if config.get_bool("wide") else 7},
            "recovery_point_tags": tags,
        }
    ],
    tags=tags,
)
aws.backup.Selection("home", plan_id=plan.id, iam_role_arn=role.arn, resources=[home.arn])

logs = aws.s3.Bucket("logs", force_destroy=True)
written = aws.s3.BucketPolicy(
    "logs",
    bucket=logs.id,
    policy=logs.arn.apply(
        lambda arn: json.dumps(
            {
                **read,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logging.s3.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": f"{arn}/*",
                    }
                ],
            }
        )
    ),
)
aws.s3.BucketLogging(
    "data",
    bucket=bucket.id,
    target_bucket=logs.id,
    target_prefix="requests/",
    opts=pulumi.ResourceOptions(depends_on=[written]),
)
aws.ec2.DefaultSecurityGroup("closed", vpc_id=vpc.id, tags=tags)
aws.ec2.FlowLog(
    "flows",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination_type="s3",
    log_destination=logs.arn,
    tags=tags,
)

people = aws.iam.Group("people")
aws.iam.GroupPolicy("people", group=people.name, policy=json.dumps({**read, "Statement": allowed}))
person = aws.iam.User("person", tags=tags)
aws.iam.UserPolicy("person", user=person.name, policy=json.dumps({**read, "Statement": allowed}))
aws.iam.UserGroupMembership("person", user=person.name, groups=[people.name])

aws.kinesis.Stream(
    "events", shard_count=2, stream_mode_details={"stream_mode": "PROVISIONED"}, tags=tags
)

second = aws.ec2.Subnet(
    "second",
    vpc_id=vpc.id,
    cidr_block="10.1.2.0/24",
    availability_zone=aws.get_availability_zones(state="available").names[1],
)
balancer = aws.lb.LoadBalancer(
    "balancer",
    internal=True,
    load_balancer_type="application",
    subnets=[private.id, second.id],
    security_groups=[group.id],
    drop_invalid_header_fields=True,
    tags=tags,
)
targets = aws.lb.TargetGroup(
    "targets",
    port=80,
    protocol="HTTP",
    target_type="instance",
    vpc_id=vpc.id,
    health_check={"path": "/ping"},
    tags=tags,
)
aws.lb.Listener(
    "balancer",
    load_balancer_arn=balancer.arn,
    port=80,
    protocol="HTTP",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    tags=tags,
)

secrets = aws.emr.SecurityConfiguration(
    "batch",
    configuration=json.dumps(
        {
            "EncryptionConfiguration": {
                "EnableInTransitEncryption": False,
                "EnableAtRestEncryption": False,
            }
        }
    ),
)
batch = aws.emr.Cluster(
    "batch",
    name="batch",
    release_label="emr-7.5.0",
    keep_job_flow_alive_when_no_steps=True,
    applications=["Spark"],
    service_role=role.arn,
    security_configuration=secrets.name,
    ec2_attributes={"instance_profile": profile.name, "subnet_id": private.id},
    master_instance_group={"instance_type": "m5.xlarge"},
    core_instance_group={
        "instance_type": "m5.xlarge",
        "instance_count": config.get_int("nodes") or 1,
    },
    tags=tags,
)
aws.emr.InstanceGroup(
    "task",
    cluster_id=batch.id,
    name="task",
    instance_type="m5.xlarge",
    instance_count=config.get_int("nodes") or 1,
    bid_price="0.10",
)

called = aws.cloudwatch.LogGroup("calls", retention_in_days=30, tags=tags)
answering = aws.iam.Role(
    "answering",
    assume_role_policy=json.dumps(
        {
            **read,
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
)
answer = aws.lambda_.Function(
    "answer",
    role=answering.arn,
    runtime="python3.13",
    handler="handler.handle",
    code=pulumi.FileArchive(str(Path(__file__).parent / "answering")),
    memory_size=256 * (config.get_int("nodes") or 1),
    reserved_concurrent_executions=1,
    tags=tags,
)
api = aws.apigatewayv2.Api("api", protocol_type="HTTP", tags=tags)
behind = aws.apigatewayv2.Integration(
    "answer",
    api_id=api.id,
    integration_type="AWS_PROXY",
    integration_uri=answer.invoke_arn,
    payload_format_version="2.0",
    timeout_milliseconds=30_000,
)
tokens = aws.apigatewayv2.Authorizer(
    "tokens",
    api_id=api.id,
    authorizer_type="JWT",
    name="tokens",
    identity_sources=["$request.header.Authorization"],
    jwt_configuration={"issuer": "https://issuer.example", "audiences": ["us"]},
)
aws.apigatewayv2.Route(
    "answer",
    api_id=api.id,
    route_key="POST /answer",
    target=behind.id.apply(lambda known: f"integrations/{known}"),
    authorization_type="JWT",
    authorizer_id=tokens.id,
)
aws.lambda_.Permission(
    "answer",
    action="lambda:InvokeFunction",
    function=answer.name,
    principal="apigateway.amazonaws.com",
    source_arn=api.execution_arn.apply(lambda arn: f"{arn}/*/*"),
)
aws.apigatewayv2.Stage(
    "api",
    api_id=api.id,
    name="$default",
    auto_deploy=True,
    access_log_settings={"destination_arn": called.arn, "format": "$context.status"},
    default_route_settings={"throttling_rate_limit": 50.0, "throttling_burst_limit": 50},
    tags=tags,
)

model = aws.sagemaker.Model(
    "model",
    execution_role_arn=answering.arn,
    primary_container={
        "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1",
        "model_data_url": bucket.bucket.apply(lambda name: f"s3://{name}/model.tar.gz"),
    },
    tags=tags,
)
served = aws.sagemaker.EndpointConfiguration(
    "model",
    production_variants=[
        {
            "variant_name": "all",
            "model_name": model.name,
            "instance_type": "ml.m5.large",
            "initial_instance_count": 1,
        }
    ],
    tags=tags,
)
serving = aws.sagemaker.Endpoint("model", endpoint_config_name=served.name, tags=tags)
aws.sagemaker.NotebookInstance(
    "notebook",
    name="MySagemakerNotebook",
    instance_type="ml.t2.medium",
    role_arn=answering.arn,
    tags=tags,
)
aws.sagemaker.HyperParameterTuningJob(
    "tuned",
    name="tuned",
    config={
        "strategy": "Random",
        "objective": {"metric_name": "loss", "type": "Minimize"},
        "resource_limits": {"max_parallel_training_jobs": 2, "max_number_of_training_jobs": 4},
    },
    training_job_definition={
        "role_arn": answering.arn,
        "algorithm_specification": {
            "training_image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1",
            "training_input_mode": "File",
        },
        "output_data_config": {"s3_output_path": pulumi.Output.concat("s3://", bucket.bucket)},
        "stopping_condition": {"max_runtime_in_seconds": 3600},
    },
    tags=tags,
)
aws.sagemaker.TrainingJob(
    "trained",
    training_job_name="trained",
    role_arn=answering.arn,
    algorithm_specification={
        "training_image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1",
        "training_input_mode": "File",
    },
    output_data_config={"s3_output_path": pulumi.Output.concat("s3://", bucket.bucket)},
    resource_config={
        "instance_count": 1,
        "instance_type": "ml.p2.xlarge",
        "volume_size_in_gb": 50,
    },
    stopping_condition={"max_runtime_in_seconds": 3600},
    tags=tags,
)
follows = aws.appautoscaling.Target(
    "model",
    service_namespace="sagemaker",
    scalable_dimension="sagemaker:variant:DesiredInstanceCount",
    resource_id=serving.name.apply(lambda name: f"endpoint/{name}/variant/all"),
    min_capacity=1,
    max_capacity=2 * (config.get_int("nodes") or 1),
)
aws.appautoscaling.Policy(
    "model",
    policy_type="TargetTrackingScaling",
    service_namespace=follows.service_namespace,
    scalable_dimension=follows.scalable_dimension,
    resource_id=follows.resource_id,
    target_tracking_scaling_policy_configuration={
        "predefined_metric_specification": {
            "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
        },
        "target_value": 360.0,
    },
)

aws.ssm.Parameter(
    "state", name="/every/state", type="String", insecure_value="Described", tags=tags
)
aws.ec2transitgateway.InstanceConnectEndpoint("connect", subnet_id=private.id, tags=tags)
aws.sqs.Queue("waiting", sqs_managed_sse_enabled=True, tags=tags)
hears = aws.sns.Topic("hears", name="hears", kms_master_key_id=key.arn, tags=tags)
aws.sns.TopicSubscription(
    "hears", topic=hears.arn, protocol="email", endpoint="operations@example.com"
)
few = aws.cloudwatch.MetricAlarm(
    "few",
    name="few",
    namespace="AWS/AutoScaling",
    metric_name="GroupInServiceInstances",
    dimensions={"AutoScalingGroupName": "nodes"},
    statistic="Minimum",
    period=60,
    evaluation_periods=5,
    comparison_operator="LessThanThreshold",
    threshold=config.get_int("nodes") or 1,
    alarm_actions=[hears.arn],
    tags=tags,
)
aws.cloudwatch.MetricAlarm(
    "failed",
    name="failed",
    comparison_operator="GreaterThanThreshold",
    threshold=0.01,
    evaluation_periods=5,
    metric_queries=[
        {
            "id": "m0",
            "metric": {
                "namespace": "AWS/ApplicationELB",
                "metric_name": "HTTPCode_ELB_5XX_Count",
                "dimensions": {"LoadBalancer": "app/one"},
                "period": 60,
                "stat": "Sum",
            },
        },
        {"id": "sought", "expression": "FILL(m0, 0)", "label": "failed", "return_data": True},
    ],
    alarm_actions=[hears.arn],
    tags=tags,
)
aws.cloudwatch.Dashboard(
    "sight",
    dashboard_name="sight",
    dashboard_body=json.dumps({"widgets": []}),
)
aws.budgets.Budget(
    "month",
    name="month",
    budget_type="COST",
    time_unit="MONTHLY",
    limit_amount="100.00",
    limit_unit="USD",
    metrics="UnblendedCost",
    filter_expression={
        "ands": [{"tags": {"key": key, "values": ["one"]}} for key in ("project", "stack")]
    },
    notifications=[
        {
            "comparison_operator": "GREATER_THAN",
            "notification_type": "ACTUAL",
            "threshold": 100,
            "threshold_type": "PERCENTAGE",
            "subscriber_email_addresses": ["operations@example.com"],
        }
    ],
    tags=tags,
)

topics = aws.msk.Configuration(
    "topics",
    name="topics",
    kafka_versions=["3.8.x"],
    server_properties=f"num.partitions={config.get_int('nodes') or 1}\n",
)
aws.msk.Cluster(
    "brokers",
    cluster_name="brokers",
    kafka_version="3.8.x",
    number_of_broker_nodes=2,
    broker_node_group_info={
        "instance_type": "kafka.m5.large",
        "client_subnets": [private.id, second.id],
        "security_groups": [group.id],
        "storage_info": {"ebs_storage_info": {"volume_size": 100}},
    },
    client_authentication={"sasl": {"iam": True}},
    encryption_info={"encryption_in_transit": {"client_broker": "TLS", "in_cluster": True}},
    configuration_info={"arn": topics.arn, "revision": 1},
    tags=tags,
)

tasks = aws.ecs.Cluster("tasks", tags=tags)
image = aws.ecr.Repository("image", image_tag_mutability="IMMUTABLE", force_delete=True, tags=tags)
untagged = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 7,
    },
    "action": {"type": "expire"},
}
aws.ecr.LifecyclePolicy("image", repository=image.name, policy=json.dumps({"rules": [untagged]}))
task = aws.ecs.TaskDefinition(
    "task",
    family="task",
    container_definitions=json.dumps(
        [{"name": "answers", "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1"}]
    ),
    requires_compatibilities=["FARGATE"],
    network_mode="awsvpc",
    cpu="256",
    memory="512",
    tags=tags,
)
served_by = aws.ecs.Service(
    "served",
    cluster=tasks.name,
    task_definition=task.arn,
    desired_count=config.get_int("nodes") or 1,
    launch_type="FARGATE",
    network_configuration={
        "subnets": [private.id],
        "security_groups": [group.id],
        "assign_public_ip": False,
    },
    tags=tags,
)
deployed = aws.codedeploy.Application("deployed", compute_platform="ECS", tags=tags)
aws.codedeploy.DeploymentGroup(
    "deployed",
    app_name=deployed.name,
    deployment_group_name="deployed",
    service_role_arn=answering.arn,
    deployment_config_name="CodeDeployDefault.ECSAllAtOnce",
    deployment_style={
        "deployment_option": "WITH_TRAFFIC_CONTROL",
        "deployment_type": "BLUE_GREEN",
    },
    ecs_service={"cluster_name": tasks.name, "service_name": served_by.name},
    tags=tags,
)

elsewhere = aws.ec2.Subnet(
    "elsewhere",
    vpc_id=vpc.id,
    cidr_block="10.1.9.0/24",
    availability_zone=aws.get_availability_zones(state="available").names[1],
)
pods = aws.eks.Cluster(
    "pods",
    role_arn=role.arn,
    version="1.35",
    vpc_config={
        "subnet_ids": [private.id, elsewhere.id],
        "endpoint_public_access": bool(config.get_bool("wide")),
        "endpoint_private_access": True,
    },
    enabled_cluster_log_types=["audit"],
    tags=tags,
)
plain = aws.ec2.LaunchTemplate("pods", instance_type="g4dn.xlarge", update_default_version=True)
size = config.get_int("nodes") or 1
workers = aws.eks.NodeGroup(
    "workers",
    cluster_name=pods.name,
    node_role_arn=role.arn,
    subnet_ids=[private.id],
    ami_type="AL2023_x86_64_NVIDIA",
    launch_template={"id": plain.id, "version": plain.latest_version.apply(str)},
    scaling_config={"min_size": size, "max_size": size, "desired_size": size},
    update_config={"max_unavailable": 1},
    tags=tags,
)
aws.autoscaling.Attachment(
    "workers",
    autoscaling_group_name=workers.resources.apply(lambda one: one[0].autoscaling_groups[0].name),
    lb_target_group_arn=targets.arn,
)
aws.eks.Addon(
    "names",
    cluster_name=pods.name,
    addon_name="coredns",
    resolve_conflicts_on_update="PRESERVE",
    tags=tags,
    opts=pulumi.ResourceOptions(depends_on=[workers]),
)
entry = aws.eks.AccessEntry("admin", cluster_name=pods.name, principal_arn=role.arn, tags=tags)
aws.eks.AccessPolicyAssociation(
    "admin",
    cluster_name=pods.name,
    principal_arn=entry.principal_arn,
    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope={"type": "cluster"},
)
aws.eks.PodIdentityAssociation(
    "pods",
    cluster_name=pods.name,
    namespace="default",
    service_account="pods",
    role_arn=role.arn,
    tags=tags,
)

pulumi.export("bucket", bucket.bucket)
pulumi.export("login", login.private_ip)
pulumi.export("mount", pulumi.Output.concat(lustre.dns_name, "/", lustre.mount_name))
pulumi.export("template", template.latest_version)
