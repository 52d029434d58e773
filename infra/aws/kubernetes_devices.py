"""Accelerators and network cards of nodes on AWS, as a Kubernetes cluster calls them."""

from collections.abc import Mapping

from infra.aws.network_cards import efa_cards
from infra.kubernetes_plugins import EFA, NEURON, NVIDIA, Devices
from models.catalog.records import Driver, Instance

_CALLED = {Driver.NVIDIA: NVIDIA, Driver.NEURON: NEURON}


def asked_of(instance: Instance, accelerators: int, cards: int = 0) -> dict[str, int]:
    """Devices that a container asks for, by what the cluster calls them.

    Arguments:
        instance: the instance type of its node.
        accelerators: that it asks for; none where the type has none.
        cards: network cards with an EFA.
    """
    called = _CALLED.get(instance.driver, NVIDIA)
    return {name: one for name, one in ((called, accelerators), (EFA, cards)) if one}


def devices(instances: Mapping[str, Instance]) -> Devices:
    """What must be told of the nodes of a cluster.

    Arguments:
        instances: their types, by node group.
    """

    def groups(driver: Driver | None = None, efa: bool = False) -> list[str]:
        return [
            name
            for name, one in instances.items()
            if driver in (None, one.driver) and (efa_cards(one) or not efa)
        ]

    both = groups(Driver.NEURON, efa=True)
    return Devices(
        nvidia=groups(Driver.NVIDIA),
        neuron=groups(Driver.NEURON),
        efa=[one for one in groups(efa=True) if one not in both],
        neuron_efa=both,
    )
