"""What is there of a stack on AWS when its workloads are built."""

from dataclasses import dataclass

from infra.aws.identities import Identities
from infra.aws.network import Network
from infra.aws.policies import Grant
from infra.builders import Place
from infra.stores import BuiltStores


@dataclass(frozen=True)
class Site:
    """What the workloads of a stack find: all but its nodes.

    Arguments:
        place: where the stack is built.
        network: of the stack.
        identities: roles of the node groups, users and groups.
        stores: that stand for themselves.
    """

    place: Place
    network: Network
    identities: Identities
    stores: BuiltStores[Grant]
