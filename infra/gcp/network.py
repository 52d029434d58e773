"""The network of a stack on Google Cloud: nodes have no public address and leave through NAT."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute


@dataclass(frozen=True)
class NetworkArguments:
    """What a network is made of.

    Arguments:
        stack: name of the stack.
        region: where it is.
        cidr: its address range.
        ssh_from: address ranges that may log in to nodes; none closes ssh.
    """

    stack: str
    region: str
    cidr: str
    ssh_from: Sequence[str]


class Network(pulumi.ComponentResource):
    """A network with one subnetwork, a NAT, and a firewall that lets in what was described.

    Attributes:
        network_id: the network.
        network: its name.
        subnetwork_id: where the nodes are.
        node_tag: network tag of the nodes, by which the firewall knows them.
    """

    def __init__(
        self, name: str, arguments: NetworkArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:gcp:Network", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        self.node_tag = f"{arguments.stack}-node"
        network = compute.Network(
            name,
            # Automatic ones would be in every region, and nobody asked for them.
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            # The largest frames that there are: fewer of them for the same gradients.
            mtu=8896,
            description=self._describe("Network"),
            opts=self._inside,
        )
        self.network_id, self.network = network.id, network.name
        self.subnetwork_id = self._subnetwork().id
        self._nat()
        self._firewall()
        self.register_outputs({"network": self.network, "subnetwork_id": self.subnetwork_id})

    def _describe(self, what: str) -> str:
        """Networks carry no labels, so their description says whose they are."""
        return f"{what} of {self._arguments.stack}, managed by windtunnel"

    def _subnetwork(self) -> compute.Subnetwork:
        return compute.Subnetwork(
            self._name,
            network=self.network_id,
            region=self._arguments.region,
            ip_cidr_range=self._arguments.cidr,
            # Cloud Storage is reached inside Google's network, not through the NAT.
            private_ip_google_access=True,
            log_config={
                "aggregation_interval": "INTERVAL_5_SEC",
                "flow_sampling": 0.5,
                "metadata": "INCLUDE_ALL_METADATA",
            },
            description=self._describe("Nodes"),
            opts=self._inside,
        )

    def _nat(self) -> None:
        region = self._arguments.region
        router = compute.Router(
            self._name,
            network=self.network_id,
            region=region,
            description=self._describe("Router"),
            opts=self._inside,
        )
        compute.RouterNat(
            self._name,
            router=router.name,
            region=region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=self._inside,
        )

    def _firewall(self) -> None:
        """What no rule lets in stays out; that is Google Cloud's default."""
        compute.Firewall(
            "nodes",
            network=self.network_id,
            direction="INGRESS",
            allows=[{"protocol": "all"}],
            source_tags=[self.node_tag],
            target_tags=[self.node_tag],
            description=self._describe("Traffic between nodes"),
            opts=self._inside,
        )
        for version in (4, 6):  # one rule can't hold ranges of both
            ranges = [
                addresses
                for addresses in self._arguments.ssh_from
                if ipaddress.ip_network(addresses).version == version
            ]
            if ranges:
                compute.Firewall(
                    f"nodes-ssh-ipv{version}",
                    network=self.network_id,
                    direction="INGRESS",
                    allows=[{"protocol": "tcp", "ports": ["22"]}],
                    source_ranges=ranges,
                    target_tags=[self.node_tag],
                    description=self._describe("Log in to nodes"),
                    opts=self._inside,
                )
