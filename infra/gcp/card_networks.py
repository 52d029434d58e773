"""Networks for the cards of GPUs on Google Cloud: each card of a node is in one of its own."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute

from models.catalog.records import Instance

# Cards for GPUs beside the first, by machine type: A3 Edge and High have four, A3 Mega eight
# (https://cloud.google.com/compute/docs/gpus/gpu-network-bandwidth, 2026-11-28). What
# they are predicted with are these.
CARDS = {"a3-edgegpu-8g": 4, "a3-highgpu-8g": 4, "a3-megagpu-8g": 8}
# https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-bandwidth-gpudirect-tcpx: frames of
# GPUDirect-TCPX, whose header and 8 KiB they hold.
MTU = 8244
_PRIVATE = ipaddress.IPv4Network("10.0.0.0/8")


@dataclass(frozen=True)
class CardNetworksArguments:
    """What the networks are made of.

    Arguments:
        stack: name of the stack.
        region: where they are.
        cidr: address range of the network of the nodes, which they stay out of.
        cards: how many of them.
        node_tag: network tag of the nodes.
    """

    stack: str
    region: str
    cidr: str
    cards: int
    node_tag: str


class CardNetworks(pulumi.ComponentResource):
    """A network with a subnetwork for each card, in which nodes speak to each other and to no one.

    Attributes:
        subnetwork_ids: one a card.
        parts: what must be there before a node starts.
    """

    def __init__(
        self,
        name: str,
        arguments: CardNetworksArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them.

        Arguments:
            name: of the part of the stack.
            arguments: what they are made of.
            opts: of the component.
        """
        super().__init__("windtunnel:gcp:CardNetworks", name, None, opts)
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        ranges = card_ranges(arguments.cidr)
        self.subnetwork_ids = [
            self._subnetwork(f"{name}-{card}", next(ranges)) for card in range(arguments.cards)
        ]
        self.register_outputs({"subnetwork_ids": self.subnetwork_ids})

    def _subnetwork(self, name: str, cidr: str) -> pulumi.Output[str]:
        """No way out, no log: what passes here are gradients, hundreds of gigabits of them."""
        arguments = self._arguments
        said = f"Card of GPUs of {arguments.stack}, managed by windtunnel"
        network = compute.Network(
            name, auto_create_subnetworks=False, mtu=MTU, description=said, opts=self._inside
        )
        compute.Firewall(
            name,
            network=network.id,
            direction="INGRESS",
            allows=[{"protocol": "all"}],
            source_ranges=[cidr],
            target_tags=[arguments.node_tag],
            description=said,
            opts=self._inside,
        )
        subnetwork = compute.Subnetwork(
            name,
            network=network.id,
            region=arguments.region,
            ip_cidr_range=cidr,
            description=said,
            opts=self._inside,
        )
        identifier: pulumi.Output[str] = subnetwork.id
        return identifier


def cards_of(instance: Instance) -> int:
    """Cards for GPUs of a machine, beside its first card.

    Arguments:
        instance: of the catalog.
    """
    return CARDS.get(instance.machine_type, 0)


def card_ranges(cidr: str) -> Iterator[str]:
    """Address ranges as large as that of the nodes, which do not overlap with it.

    Interfaces of one machine must be in ranges apart. They begin behind that of the nodes, where
    it is in 10.0.0.0/8, and go round.

    Arguments:
        cidr: of the nodes.
    """
    own = ipaddress.IPv4Network(cidr)
    blocks = 2 ** (own.prefixlen - _PRIVATE.prefixlen)
    first = 0
    if own.subnet_of(_PRIVATE):
        first = (int(own.network_address) - int(_PRIVATE.network_address)) // own.num_addresses
    for step in range(blocks):
        start = (first + step) % blocks * own.num_addresses + int(_PRIVATE.network_address)
        block = ipaddress.IPv4Network((start, own.prefixlen))
        if not block.overlaps(own):
            yield str(block)
