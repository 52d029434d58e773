"""Network cards of a node: one interface for IP, and what carries traffic of accelerators."""

from collections.abc import Sequence
from typing import Any

import pulumi

from models.catalog.records import Instance

# Network cards with an EFA, by family: DescribeInstanceTypes, NetworkInfo.EfaInfo
# .MaximumEfaInterfaces, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
# One where the table is silent.
EFA_CARDS = {
    "g6e.24xlarge": 2,
    "g6e.48xlarge": 4,
    "hpc7a.96xlarge": 2,
    "p4d.24xlarge": 4,
    "p4de.24xlarge": 4,
    "p5.48xlarge": 32,
    "p5e.48xlarge": 32,
    "p5en.48xlarge": 16,
    "p6-b200.48xlarge": 8,
    "p6-b300.48xlarge": 16,
    "trn1.32xlarge": 8,
    "trn1n.32xlarge": 16,
    "trn2.48xlarge": 16,
}
# The first card of these carries ordinary traffic only.
NO_EFA_ON_FIRST_CARD = ("p6-b300.48xlarge",)


def efa_cards(instance: Instance) -> int:
    """Network cards of a node that have an EFA.

    Arguments:
        instance: the instance type.
    """
    return EFA_CARDS.get(instance.name, 1) if instance.rdma else 0


def network_interfaces(
    instance: Instance, security_group_ids: Sequence[pulumi.Input[str]]
) -> list[Any]:
    """One interface for IP, and an EFA on each network card that can have one.

    The EFAs carry nothing else: they take no addresses and confuse no routes.

    Arguments:
        instance: the instance type.
        security_group_ids: of the nodes.
    """
    cards = efa_cards(instance)
    first = 1 if instance.name in NO_EFA_ON_FIRST_CARD else 0
    # The first card's device 0 is the interface for IP, so its EFA is device 1.
    efas = [
        {"interface_type": "efa-only", "network_card_index": card, "device_index": int(card == 0)}
        for card in range(first, first + cards)
    ]
    shared = {"security_groups": list(security_group_ids), "delete_on_termination": "true"}
    primary: dict[str, Any] = {"network_card_index": 0, "device_index": 0}
    return [{**interface, **shared} for interface in (primary, *efas)]
