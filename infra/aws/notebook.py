"""A notebook instance of SageMaker: in the private network, for whom may open it."""

import pulumi
from pulumi_aws import sagemaker

from infra.aws.log_group import writes_streams
from infra.aws.network import Network
from infra.aws.policies import Grant
from infra.aws.private_service import inside
from infra.aws.service_role import ServiceRole
from infra.builders import Place
from infra.names import plain_name, tags
from infra.stores import BuiltStores
from models.description.notebooks import Notebook as Description
from models.parts.node_group import whole_gigabytes

SERVICE = "sagemaker.amazonaws.com"
LONGEST_NAME = 63  # characters of a notebook instance
# Of the platforms the one that gets updates longest (SageMaker developer guide, 2026-11-28).
PLATFORM = "notebook-al2023-v1"
LOGS = "/aws/sagemaker/NotebookInstances"


class Notebook(pulumi.ComponentResource):
    """A notebook instance, its role and its place in the network.

    Attributes:
        name: of the instance, by which people ask for its address.
    """

    def __init__(
        self,
        name: str,
        described: Description,
        place: Place,
        network: Network,
        stores: BuiltStores[Grant],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: as the stack file has it.
            described: the notebook.
            place: where the stack is built.
            network: of the stack.
            stores: that it may use some of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:Notebook", name, None, opts)
        self._inside = pulumi.ResourceOptions(parent=self)
        stack = place.stack.name
        where = inside(name, network, place, self._inside)
        called = plain_name(stack, name, longest=LONGEST_NAME)
        logs = writes_streams(place, LOGS, f"{called}/*")
        grants = [*stores.grants(described.permissions), logs, where.grant]
        role = ServiceRole(name, stack, SERVICE, grants, self._inside)
        made = sagemaker.NotebookInstance(
            name,
            name=called,
            instance_type=described.instance,
            volume_size=whole_gigabytes(described.volume),
            role_arn=role.arn,
            platform_identifier=PLATFORM,
            subnet_id=where.subnets[0],
            security_groups=[where.security_group],
            # Its way out is that of the stack, and nobody in it is root.
            direct_internet_access="Disabled",
            root_access="Disabled",
            instance_metadata_service_configuration={
                "minimum_instance_metadata_service_version": "2"
            },
            tags=tags(stack, name),
            # It fetches packages at its start.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[network]),
        )
        self.name: pulumi.Output[str] = made.name
        self.register_outputs({"name": self.name})
