"""The page that says what a bill holds: every resource that is built, and what a cloud bills of it.

A test holds the list against the programs of `infra/`.
"""

from dataclasses import dataclass

from models.catalog.borrowing import WITHIN
from models.catalog.providers import CLOUDS
from models.catalog.records import EVERYWHERE, Catalog


@dataclass(frozen=True)
class Resource:
    """What a program of `infra/` builds.

    Arguments:
        built: names of the classes, as in the program.
        what: they are, for people.
        billed: the lines of the bill; empty where it costs nothing.
        items: of the price list, by which it is billed, as service and the start of the item.
    """

    built: tuple[str, ...]
    what: str
    billed: str = ""
    items: tuple[tuple[str, str], ...] = ()


RESOURCES: dict[str, tuple[Resource, ...]] = {
    "aws": (
        Resource(
            ("autoscaling.Group", "ec2.LaunchTemplate"),
            "nodes with their system volumes",
            "hours of the nodes, on demand or spot; GiB-months of the volumes",
            (("ec2", ""), ("ebs", "ebs-gp3")),
        ),
        Resource(
            ("ec2.LaunchTemplate",),
            "block volumes",
            "GiB-months; provisioned IOPS and throughput beyond what is included, io2 in 3 tiers",
            (("ebs", ""),),
        ),
        Resource(
            ("s3.Bucket", "s3.BucketVersioning", "s3.BucketLifecycleConfiguration"),
            "buckets",
            "GB-months; GETs and PUTs of the workloads; what is overwritten, for 30 days",
            (("s3", ""),),
        ),
        Resource(
            ("efs.FileSystem",),
            "EFS with elastic throughput",
            "GiB-months; bytes read and bytes written by the workloads",
            (("efs", ""),),
        ),
        Resource(
            ("backup.Plan", "backup.Selection", "backup.Vault"),
            "backups of EFS and of persistent FSx for Lustre",
            "GiB-months of a copy of all of it, of Lustre at most; of what changes, from none to"
            " all that workloads overwrite while it is kept",
            (("efs", "efs-standard-backup"), ("fsx", "fsx-lustre-persistent-2-125-backup")),
        ),
        Resource(
            ("fsx.LustreFileSystem",),
            "FSx for Lustre",
            "GiB-months of the provisioned capacity, whose price has the throughput in it",
            (("fsx", ""),),
        ),
        Resource(
            ("kinesis.Stream",),
            "shards of Kinesis",
            "hours of the shards; PUT payload units of 25 kB; with enhanced fan-out hours of"
            " consumers and shards, and bytes sent",
            (("kinesis", ""),),
        ),
        Resource(
            ("msk.Cluster",),
            "brokers of Amazon MSK",
            "hours of the brokers; GB-months of their volumes; what they log is not in the bill",
            (("msk", ""),),
        ),
        Resource(
            ("lambda_.Function",),
            "functions of endpoints",
            "requests; memory over the mean time of `service` and of the service that it waits for;"
            " calls of that, such as images of Rekognition",
            (("lambda", ""), ("rekognition", "")),
        ),
        Resource(
            (
                "sagemaker.Endpoint", "sagemaker.EndpointConfiguration", "sagemaker.Model",
                "appautoscaling.Policy", "appautoscaling.Target",
            ),
            "model servers of endpoints",
            "hours of the instances; where they follow the load, what the target settles at",
            (("sagemaker", ""),),
        ),
        Resource(
            ("sagemaker.TrainingJob", "sagemaker.HyperParameterTuningJob"),
            "training and tuning jobs of SageMaker",
            "hours of the instances, while jobs run; GB-months of their volumes",
            (("sagemaker", ""),),
        ),
        Resource(
            ("sagemaker.NotebookInstance",),
            "notebooks of SageMaker",
            "hours, as if they were never stopped; GB-months of their volumes",
            (("sagemaker", ""),),
        ),
        Resource(
            (
                "apigatewayv2.Api", "apigatewayv2.Authorizer", "apigatewayv2.Integration",
                "apigatewayv2.Route", "apigatewayv2.Stage",
            ),
            "HTTP APIs of endpoints",
            "requests",
            (("apigateway", ""),),
        ),
        Resource(
            ("cloudwatch.LogGroup",),
            "logs of endpoints, for a year",
            "bytes of the access log of an HTTP API: estimated, from half to twice as many; what"
            " your own code logs and what it takes to keep logs are not in the bill",
            (("cloudwatch", "logs-ingest"),),
        ),
        Resource(
            ("lb.LoadBalancer", "lb.TargetGroup", "lb.Listener"),
            "load balancers of endpoints",
            "hours; hours of the public addresses of the one that the internet reaches, one in each"
            " zone, and more only under load",
            (("elb", "application-load-balancer"), ("vpc", "public-ipv4")),
        ),
        Resource(
            ("ecs.Service",),
            "services of ECS",
            "on Fargate hours of the vCPUs and the memory of their tasks; on nodes nothing beside"
            " these",
            (("ecs-fargate", ""),),
        ),
        Resource(
            ("eks.Cluster",),
            "a Kubernetes cluster",
            "hours, in standard or extended support; logs of its control plane are not in the bill",
            (("eks", ""),),
        ),
        Resource(
            ("eks.NodeGroup",),
            "nodes of a Kubernetes cluster",
            "hours of the nodes and GiB-months of their volumes, and nothing beside these",
            (("ec2", ""), ("ebs", "ebs-gp3")),
        ),
        Resource(
            ("ecr.Repository",),
            "repositories of images",
            "GB-months and what is pulled from elsewhere: not in the bill",
        ),
        Resource(
            ("emr.Cluster", "emr.InstanceGroup"),
            "a cluster that EMR runs",
            "hours of its nodes, on demand or spot, and EMR's fee for each; GiB-months of their"
            " volumes",
            (("emr", ""), ("ec2", ""), ("ebs", "ebs-gp3")),
        ),
        Resource(
            ("cloudwatch.MetricAlarm", "cloudwatch.Dashboard", "sns.Topic"),
            "alarms, their dashboard and the topic that tells of them",
            "months of each metric that an alarm reads, of those that nodes report, and of the"
            " dashboard; reports of nodes; what is told by email is not in the bill",
            (("cloudwatch", "alarm-metric"), ("cloudwatch", "dashboard"),
             ("cloudwatch", "custom-metric"), ("cloudwatch", "metric-requests")),
        ),
        Resource(
            ("kms.Key",),
            "keys of one's own: of the stack where it has `encryption: customer_key`, of the disks"
            " and of the secrets of a cluster, and of the topic of alarms",
            "months, while it is kept; requests for objects to that of the stack: from one for a"
            " hundred GETs and PUTs to one for each",
            (("kms", "customer-key"), ("kms", "requests")),
        ),
        Resource(
            ("ec2.CapacityReservation",),
            "capacity kept for nodes",
            "hours at the on-demand price, used or not: those of the nodes in it, once",
            (("ec2", ""),),
        ),
        Resource(
            ("ec2.NatGateway",),
            "NAT gateway",
            "hours; bytes of `network.traffic` `downloads` and `uploads`",
            (("nat", ""),),
        ),
        Resource(("ec2.Eip",), "its address", "hours", (("vpc", "public-ipv4"),)),
        Resource(
            ("ec2.InternetGateway", "ec2.Route", "ec2.RouteTable"),
            "the way out",
            "bytes to the internet: `network.traffic.uploads`, `response_size` of an endpoint;"
            " bytes between zones, out and in: `network.traffic.between_zones`, copies and reads"
            " of Kafka",
            (("data-transfer", ""),),
        ),
        Resource(
            ("ec2.FlowLog",),
            "flow logs of the network",
            "bytes of records: estimated, from nothing to ten times as many",
            (("vpc", "flow-logs"),),
        ),
        Resource(
            ("ec2.VpcEndpoint",),
            "endpoints of services in the network; that of S3 is free",
            "hours, for each service and zone; what goes through them is not in the bill",
            (("vpc", "interface-endpoint"),),
        ),
        Resource(("ec2transitgateway.InstanceConnectEndpoint",), "endpoint for ssh"),
        Resource(
            ("sqs.Queue",),
            "queues of jobs",
            "four requests a job; workers that ask an empty queue are not in the bill",
            (("sqs", ""),),
        ),
        Resource(("ssm.Parameter",), "states of what nodes run"),
        Resource(
            (
                "ec2.Vpc", "ec2.Subnet", "ec2.RouteTableAssociation", "ec2.SecurityGroup",
                "ec2.DefaultSecurityGroup", "ec2.PlacementGroup", "vpc.SecurityGroupEgressRule",
                "vpc.SecurityGroupIngressRule", "efs.MountTarget", "efs.FileSystemPolicy",
                "iam.Role", "iam.RolePolicy", "iam.InstanceProfile", "iam.User", "iam.UserPolicy",
                "iam.UserGroupMembership", "iam.Group", "iam.GroupPolicy", "lambda_.Permission",
                "codedeploy.Application", "codedeploy.DeploymentGroup", "ecr.LifecyclePolicy",
                "ecs.Cluster", "ecs.TaskDefinition", "autoscaling.Attachment", "eks.AccessEntry",
                "eks.AccessPolicyAssociation", "eks.Addon", "eks.PodIdentityAssociation",
                "iam.RolePolicyAttachment",
                "budgets.Budget", "sns.TopicSubscription",
                "emr.SecurityConfiguration", "msk.Configuration",
                "s3.BucketOwnershipControls",
                "s3.BucketPolicy", "s3.BucketPublicAccessBlock", "s3.BucketLogging",
                "s3.BucketServerSideEncryptionConfiguration",
            ),
            "network, rules, roles, encryption with the provider's own keys",
        ),
    ),
    "gcp": (
        Resource(
            (
                "compute.InstanceGroupManager", "compute.RegionInstanceGroupManager",
                "compute.InstanceTemplate",
            ),
            "nodes with their system disks",
            "hours of the nodes, on demand or spot; GiB-months of the disks",
            (("gce", ""), ("pd", "pd-balanced")),
        ),
        Resource(
            ("compute.Reservation",),
            "capacity kept for nodes",
            "hours at the on-demand price, used or not: those of the nodes in it, once",
            (("gce", ""),),
        ),
        Resource(
            ("compute.InstanceTemplate",),
            "disks",
            "GiB-months; provisioned IOPS of Hyperdisk and throughput of Hyperdisk Balanced beyond"
            " what is included",
            (("pd", ""),),
        ),
        Resource(
            ("storage.Bucket",),
            "buckets",
            "GB-months; class B and class A operations of the workloads; what is overwritten, for"
            " 30 days",
            (("gcs", ""),),
        ),
        Resource(
            ("filestore.Instance",),
            "Filestore",
            "GiB-months of the provisioned capacity",
            (("filestore", ""),),
        ),
        Resource(
            ("compute.Router", "compute.RouterNat"),
            "Cloud NAT and its address",
            "hours, in proportion up to 32 nodes; hours of the address; bytes of `network.traffic`"
            " `downloads` and `uploads`",
            (("nat", ""), ("vpc", "public-ipv4")),
        ),
        Resource(
            ("compute.Network",),
            "the network",
            "bytes to the internet: `network.traffic.uploads`, `response_size` of an endpoint;"
            " bytes between zones: `network.traffic.between_zones`, copies and reads of Kafka",
            (("data-transfer", ""),),
        ),
        Resource(
            ("compute.Subnetwork",),
            "flow logs of the subnetwork",
            "bytes of records: estimated, from nothing to ten times as many",
            (("vpc", "flow-logs"),),
        ),
        Resource(
            (
                "compute.Firewall", "compute.ResourcePolicy", "serviceaccount.Account",
                "storage.BucketIAMMember",
            ),
            "rules, placement, service accounts",
        ),
    ),
}  # fmt: skip

NOT_BILLED = (
    "Taxes, discounts, credits, free tiers, support plans and the salaries of people.",
    "What the provider charges less for in a higher tier of a month: the first tier's price holds"
    " for all of S3, of traffic and of logs (io2 has two tiers).",
    "Taking something back out of backups.",
    "Putting the data set into its store before the run.",
    "Packages and images that nodes fetch when they start, unless `network.traffic.downloads` says"
    " how much.",
    "On AWS, what it costs to keep flow logs, and half a kilobyte for each request to a bucket, for"
    " 90 days.",
    "Requests to a key of one's own by other services than S3, which ask it seldom.",
    "Capacity units (LCU) of a load balancer: 0.008 USD/h for 25 new connections a second or a"
    " gigabyte an hour.",
    "A bucket's other requests: lists, and parts of uploads of more than one part.",
    "What operators of a stream send each other between zones, and what producers send.",
    "On premises, switches, cables, racks and the building; electricity where `facility` describes"
    " none.",
)


def page(catalog: Catalog) -> str:
    """The page, Markdown.

    Arguments:
        catalog: the facts.
    """
    widths = {name: f"from {low:g} to {high:g}" for name, (low, high) in WITHIN.items()}
    parts = [_HEADER.format(**widths)]
    for name, resources in RESOURCES.items():
        regions = [region for provider, region in catalog.regions if provider == name]
        parts.append(f"\n## {CLOUDS[name].title}\n\n")
        parts.append(
            "| what is built | what is billed of it | price list | regions with a price |\n"
        )
        parts.append("|---|---|---|---|\n")
        for one in resources:
            items, priced = _prices(catalog, name, one, len(regions))
            parts.append(f"| {one.what} | {one.billed or 'nothing'} | {items} | {priced} |\n")
    parts.append("\n## Not in any bill\n\n")
    parts += [f"- {text}\n" for text in NOT_BILLED]
    return "".join(parts)


def _prices(catalog: Catalog, provider: str, one: Resource, regions: int) -> tuple[str, str]:
    found = {
        row.region
        for row in catalog.prices
        for service, item in one.items
        if row.provider == provider and row.service == service and row.item.startswith(item)
    }
    words = ", ".join(f"`{item or service}`" for service, item in one.items)
    if not one.items:
        return "", ""
    return words, f"all {regions}" if found == {
        EVERYWHERE
    } else f"{len(found - {EVERYWHERE})} of {regions}"


_HEADER = """<!-- Generated by `make docs` of docs/bills.py and the catalog. -->

# What a bill holds

A bill has a line for everything that a cloud bills of what is built, by the hour as long as it
is held, or by the run. Each line cites its price and the day of it; `windtunnel predict --json`
has them under `cost.lines`, the report as a table. Prices are the providers' list prices, and
rows of the catalog: `windtunnel catalog prices`.

**A price of your own** goes before the catalog's: `price` of a node group, a store or
`boot_disk_price`. What is reserved or committed has no list price that fits all: its `price`
must be given.

**A region without a price** borrows that of the nearest region that has one. A warning names
it, and the bill gets an interval: on demand, 95 of 100 prices of the catalog are {on_demand}
times that of their nearest region; of spot nodes, {spot} times.
`python -m benchmarks.published borrowed_prices` works that out, each price without its own.

**Prices of today** come from the providers' own lists: `windtunnel catalog refresh --provider
aws` asks the AWS Price List API (`GetProducts`, by boto3 and its credentials), `--provider gcp`
the Cloud Billing Catalog (`services.skus.list`, with an API key in `GOOGLE_API_KEY`), for one
`--region` or for all. What they say is written to your own prices,
`~/.config/windtunnel/prices.csv` or the file that `WINDTUNNEL_PRICES` names, which lie over the
shipped ones: a CSV of the same columns, in which prices of your own contract can stand, too,
also of what is `reserved`. Either all of it is written, or nothing (exit code 3). Not in it:
FSx, Filestore but the basic tiers, spot prices of AWS, and of Google Cloud A3 Mega, Edge and
Ultra, A4 and A4X; they stay as shipped.

**What has no known price** is in no sum. The bill is then "at least" what it says, and a budget
that it meets can't be said to be met.
"""
