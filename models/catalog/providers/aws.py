"""Amazon Web Services."""

from datetime import date
from enum import StrEnum

from models.catalog.provider_record import (
    Billed,
    BrokerService,
    Cloud,
    FlowLogs,
    KubernetesService,
    KubernetesVersion,
    ModelService,
)


class Implementation(StrEnum):
    """What of AWS holds data."""

    S3 = "s3"
    EFS = "efs"
    FSX_LUSTRE = "fsx-lustre"
    EBS = "ebs"


_EC2 = ("AmazonEC2", "Amazon Elastic Compute Cloud")
_VPC = ("AmazonVPC", "Amazon Virtual Private Cloud")

PROVIDER = Cloud(
    conditions=True,
    name="aws",
    title="AWS",
    machines="EC2 virtual machines",
    compute="ec2",
    storage=("s3", "efs", "fsx", "ebs"),
    implementations=Implementation,
    boot_service="ebs",
    boot_volume="ebs-gp3",
    spot_notice=120.0,
    spot_reclaim="spot-reclaim-aws",
    home="us-east-1",
    zone_joint="",
    purchases=("on_demand", "spot", "reserved", "capacity_block"),
    metal=".metal",
    function_requests=Billed("lambda", "requests", "USD/1M requests"),
    function_duration=Billed("lambda", "duration", "USD/GB-s"),
    # Lambda quotas (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, 2026-11-27):
    # 128 to 10,240 MB and 15 minutes; what AWS calls a megabyte there is a mebibyte.
    function_memory=(128e6, 10_240 * 2.0**20),
    function_time=900.0,
    gateways={
        "application-load-balancer": Billed("elb", "application-load-balancer", "USD/h"),
        "http-api": Billed("apigateway", "http-api", "USD/1M requests"),
    },
    # API Gateway quotas for HTTP APIs, integration timeout (2026-11-27).
    gateway_waits={"http-api": 30.0},
    # "Public IPv4 address charge" of Amazon VPC pricing counts those of load balancers, too.
    gateway_addresses={"application-load-balancer": Billed("vpc", "public-ipv4", "USD/h")},
    # As built: every 10 minutes, what an interface sends of a connection and what it receives in a
    # record each; the default format is some 120 characters (Amazon VPC user guide).
    flow_logs=FlowLogs(
        Billed("vpc", "flow-logs", "USD/GB"), interval=600.0, share=2.0, record=120.0
    ),
    # Amazon SageMaker API reference, StoppingCondition: 28 days at the most (2026-11-28).
    models=ModelService("sagemaker", "ml.", "ml-storage", "ebs-gp2", 28 * 86_400.0),
    starts_programs=True,
    # API CreateCapacityReservation, InstanceCount (2026-11-28): 1 to 1,000.
    reserved_together=1000,
    shells=True,
    queues=Billed("sqs", "requests", "USD/1M requests"),
    tasks=(Billed("ecs-fargate", "vcpu", "USD/h"), Billed("ecs-fargate", "memory", "USD/GB-h")),
    ai_services={
        "rekognition-detect-labels": Billed("rekognition", "detect-labels", "USD/image"),
    },
    # Product codes of the Cost and Usage Report, and service names of its export by FOCUS (AWS Data
    # Exports user guide, 2026-11-28). Volumes, NAT gateways and traffic are billed with instances.
    products={
        **dict.fromkeys(("ec2", "ebs", "nat", "data-transfer"), _EC2),
        "vpc": _VPC,
        "s3": ("AmazonS3", "Amazon Simple Storage Service"),
        "efs": ("AmazonEFS", "Amazon Elastic File System"),
        "fsx": ("AmazonFSx", "Amazon FSx"),
        "elb": ("AWSELB", "Elastic Load Balancing"),
        "apigateway": ("AmazonApiGateway", "Amazon API Gateway"),
        "lambda": ("AWSLambda", "AWS Lambda"),
        "cloudwatch": ("AmazonCloudWatch",),
        "ecs-fargate": ("AmazonECS", "Amazon Elastic Container Service"),
        "eks": ("AmazonEKS", "Amazon Elastic Container Service for Kubernetes"),
        "emr": ("ElasticMapReduce", "Amazon Elastic MapReduce"),
        "kinesis": ("AmazonKinesis", "Amazon Kinesis"),
        "kms": ("awskms", "AWS Key Management Service"),
        "msk": ("AmazonMSK", "Amazon Managed Streaming for Apache Kafka"),
        "rekognition": ("AmazonRekognition", "Amazon Rekognition"),
        "sagemaker": ("AmazonSageMaker", "Amazon SageMaker"),
        "sqs": ("AWSQueueService", "Amazon Simple Queue Service"),
    },
    access_logs=Billed("cloudwatch", "logs-ingest", "USD/GB"),
    shards=Billed("kinesis", "provisioned-shard", "USD/h"),
    put_units=Billed("kinesis", "put-payload-units", "USD/1M units"),
    fan_out_shards=Billed("kinesis", "fan-out-consumer-shard", "USD/h"),
    fan_out_bytes=Billed("kinesis", "fan-out-retrieval", "USD/GB"),
    clusters="emr",
    brokers=BrokerService(
        name="msk",
        prefix="kafka.",
        storage="broker-storage",
        zones=(2, 3),
        volume_bandwidth=250 * 2.0**20,
        least_volume=2.0**30,
        most_volume=16_384 * 2.0**30,
        source="Amazon MSK developer guide, provisioned storage throughput: 250 MiB/s by default;"
        " AWS CloudFormation, AWS::MSK::Cluster EBSStorageInfo: 1 to 16,384 GiB (2026-11-27)",
    ),
    kubernetes=KubernetesService(
        name="eks",
        title="EKS",
        standard=Billed("eks", "cluster", "USD/h"),
        extended=Billed("eks", "cluster-extended", "USD/h"),
        outage="kubernetes-control-plane",
        versions=(
            KubernetesVersion("1.35", date(2027, 3, 27), date(2028, 3, 27)),
            KubernetesVersion("1.34", date(2026, 12, 2), date(2027, 12, 2)),
            KubernetesVersion("1.33", date(2026, 7, 29), date(2027, 7, 29)),
        ),
        seen=date(2026, 11, 28),
        least_zones=2,
        add_ons=(
            "coredns",
            "eks-node-monitoring-agent",
            "eks-pod-identity-agent",
            "kube-proxy",
            "vpc-cni",
        ),
        source="Amazon EKS user guide, release calendar of Kubernetes versions (2026-04-24)",
    ),
    keys=Billed("kms", "customer-key", "USD/key-month"),
    key_requests=Billed("kms", "requests", "USD/1M requests"),
    alarms=Billed("cloudwatch", "alarm-metric", "USD/metric-month"),
    dashboards=Billed("cloudwatch", "dashboard", "USD/dashboard-month"),
    metrics=Billed("cloudwatch", "custom-metric", "USD/metric-month"),
    reports=Billed("cloudwatch", "metric-requests", "USD/1M requests"),
    # A load balancer counts its own failures, those of its targets, and requests; of an HTTP API
    # the mean is the share (Amazon API Gateway developer guide, "HTTP API metrics").
    errors_read={"application-load-balancer": 3, "http-api": 1},
    zone_crossings=2,  # out of the one and into the other
    source="Amazon EC2 user guide: an interruption notice comes two minutes before",
)
