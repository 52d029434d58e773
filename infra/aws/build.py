"""The stack on AWS: which kinds of parts it builds, and what each part needs of the others."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.access import identity_of, missing_rights
from infra.ask import ask
from infra.aws import (
    block_volume,
    emr_cluster,
    endpoint,
    file_system,
    local_disks,
    object_store,
    stream_log,
    training_run,
    tuning_run,
)
from infra.aws.available import refuse_not_offered, refuse_other_region, zones
from infra.aws.encryption import encrypt_all
from infra.aws.hosts import host_file
from infra.aws.identities import Identities
from infra.aws.identity import PODS, Identity
from infra.aws.image import image_of, watched
from infra.aws.kept_file_systems import refuse_to_lose
from infra.aws.kubernetes import PlannedCluster
from infra.aws.log_store import LogStore
from infra.aws.network import Network, NetworkArguments
from infra.aws.node_group import NodeGroup, NodeGroupArguments, refuse_too_many_to_spread
from infra.aws.notebook import Notebook
from infra.aws.policies import Grant
from infra.aws.policy_sizes import refuse_long_policies
from infra.aws.private_ways import PrivateWays, session_grants
from infra.aws.quota import refuse_beyond_quota, wanted
from infra.aws.reservation import refuse_unnamed_block
from infra.aws.reserved_names import refuse_reserved
from infra.aws.service_quotas import refuse_beyond_services
from infra.aws.site import Site
from infra.aws.watching import Watching
from infra.boot_disk import refuse_larger_than_sold, refuse_smaller_than_image
from infra.builders import Builders, NodeSide, Place
from infra.environment import environment
from infra.names import bucket_name, refuse_duplicates, role_names
from infra.notices import warn
from infra.rolling import held_on_nodes, rolling
from infra.startup import Start, startup_script
from infra.stores import BuiltStores, PlannedStores
from infra.workloads import BuiltWorkloads, PlannedWorkloads
from models.catalog.records import Catalog, Instance
from models.parts.kubernetes import in_cluster
from models.parts.managed_nodes import hired_groups
from models.parts.permissions import lenders
from models.parts.solve import SolvedStack
from models.parts.stores.block_volume import BlockVolume
from models.parts.stores.file_system import FileSystem
from models.parts.stores.local_disks import LocalDisks
from models.parts.stores.object_store import ObjectStore
from models.parts.whole_start import starts_whole
from models.parts.workloads.batch import BatchJob
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.stream import Stream
from models.parts.workloads.training import Training
from models.parts.zones import in_all_zones

BUILDERS: Builders = {
    ObjectStore: object_store.BUILDER,
    FileSystem: file_system.BUILDER,
    BlockVolume: block_volume.BUILDER,
    LocalDisks: local_disks.BUILDER,
    Endpoint: endpoint.BUILDER,
    BatchJob: emr_cluster.BUILDER,
    Stream: stream_log.BUILDER,
    Training: training_run.BUILDER,
    Jobs: tuning_run.BUILDER,
}
NodeDisks = block_volume.BlockVolume | local_disks.LocalDisks
LOGS = "logs"  # the part of the stack that is described nowhere


def build(solved: SolvedStack, catalog: Catalog) -> dict[str, Any]:
    """Build a stack on AWS; its outputs are named as `pulumi stack output` shows them.

    Arguments:
        solved: the stack.
        catalog: the facts that its names refer to.

    Raises:
        pulumi.RunError: something in it can't be had; nothing has been registered then.
    """
    return _Builder(solved, catalog).build()


class _Builder:
    def __init__(self, solved: SolvedStack, catalog: Catalog) -> None:
        self._solved, self._stack = solved, solved.stack
        stack = solved.stack
        self._catalog = catalog
        self._region = str(stack.region)
        # All that can be refused is refused here, before the first resource.
        refuse_other_region(self._region)
        self._zones = zones(stack)
        self._node_zones = self._zones if in_all_zones(stack) else self._zones[:1]
        refuse_not_offered(stack, self._node_zones)
        caller = ask("whose credentials these are", aws.get_caller_identity)
        account = caller.account_id
        self._place = place = Place(stack, catalog, account, self._region, self._zones)
        self._log_bucket = bucket_name(stack.name, LOGS, account, self._region)
        refuse_duplicates("stores", [LOGS, *stack.storage])
        refuse_reserved(stack)
        refuse_long_policies(place)
        refuse_to_lose(
            {
                name: file_system.made(store, place)
                for name, store in stack.storage.items()
                if isinstance(store, FileSystem)
            },
            environment(),
        )
        self._planned = PlannedStores[Network, Grant, NodeDisks](place, BUILDERS)
        self._watching = Watching(solved, place)
        self._workloads = PlannedWorkloads[Site, Grant, NodeGroup](solved, place, BUILDERS)
        self._roles = role_names(stack)
        self._cluster = PlannedCluster(place, caller.arn) if stack.kubernetes is not None else None
        # Nodes do not take these roles themselves.
        self._services = {**self._workloads.services, **dict.fromkeys(in_cluster(stack), PODS)}
        self._others = {*self._workloads.groups, *in_cluster(stack)}
        plain = {name: one for name, one in stack.nodes.items() if name not in self._others}
        for name in {*plain, *in_cluster(stack)}:
            refuse_too_many_to_spread(name, stack.nodes[name], len(self._node_zones))
        self._images = {
            name: image_of(name, group.image, self._instance(name)) for name, group in plain.items()
        }
        for name, group in plain.items():
            refuse_smaller_than_image(name, group.boot_disk, self._images[name].size)
            refuse_larger_than_sold(name, group.boot_disk, block_volume.LARGEST[block_volume.BOOT])
        for name, group in stack.nodes.items():
            refuse_unnamed_block(name, group)
        hired = hired_groups(stack)
        local_disks.refuse_of_services(stack, {*self._others, *hired})
        machines = {name: one for name, one in stack.nodes.items() if name not in hired}
        instances = {name: self._instance(name) for name in machines}
        refuse_beyond_quota(wanted(machines, instances), self._region)
        refuse_beyond_services(stack, self._region)
        warn(missing_rights(solved))

    def build(self) -> dict[str, Any]:
        stack = self._stack
        encrypt_all(self._place)
        logs = LogStore(LOGS, stack.name, self._log_bucket, self._place.owner)
        self._network = Network(
            "network",
            NetworkArguments(
                stack=stack.name,
                region=self._region,
                cidr=stack.network.cidr,
                zones=self._zones,
                ssh_from=stack.network.ssh_from,
                logs=logs,
            ),
        )
        ways = PrivateWays("ways", stack.name, self._region, stack.network, self._network)
        identities = Identities(stack, self._roles, self._services)
        stores = self._planned.build(self._network, identities.principals)
        identities.may(stores)
        workloads = self._workloads.build(Site(self._place, self._network, identities, stores))
        granted = {
            name: [
                *stores.grants(identity_of(stack, name).permissions),
                *workloads.grants(name),
                *self._watching.grants(name),
                *(session_grants(stack.network) if name not in self._services else ()),
            ]
            for name in stack.nodes
        }
        for name, grants in granted.items():
            identities.roles[name].may(grants)
        node_groups = {
            name: self._node_group(name, stores, identities.roles[name], workloads.node_side(name))
            for name in granted
            if name not in self._others
        }
        workloads.join(node_groups)
        lent = lenders(stack)
        return {
            "network": self._network.vpc_id,
            "subnets": self._network.private_subnet_ids,
            "security_groups": {"nodes": self._network.node_security_group_id},
            "roles": {name: identities.roles[lent.get(name, name)].arn for name in stack.nodes},
            **stores.addresses(BUILDERS),
            **workloads.outputs(),
            **self._watching.build(stores, workloads, node_groups),
            **self._notebooks(stores),
            **ways.outputs(),
            "node_groups": {name: group.group for name, group in node_groups.items()},
            "node_updates": {name: group.updates for name, group in node_groups.items()},
            "hosts": {name: group.hosts for name, group in node_groups.items()},
            "host_files": {
                name: group.hosts.apply(partial(host_file, instance=self._instance(name)))
                for name, group in node_groups.items()
            },
            **self._kubernetes(identities, workloads),
        }

    def _kubernetes(
        self, identities: Identities, workloads: BuiltWorkloads[Grant, NodeGroup]
    ) -> dict[str, Any]:
        if self._cluster is None:
            return {}
        return self._cluster.build(
            self._network,
            self._node_subnets(),
            identities.roles,
            {name: workloads.node_side(name) for name in self._cluster.groups},
            workloads.told(),
        )

    def _node_subnets(self) -> Sequence[pulumi.Input[str]]:
        return self._network.private_subnet_ids[: len(self._node_zones)]

    def _notebooks(self, stores: BuiltStores[Grant]) -> dict[str, Any]:
        built = {
            name: Notebook(name, one, self._place, self._network, stores).name
            for name, one in self._stack.notebooks.items()
        }
        return {"notebooks": built} if built else {}

    def _instance(self, group: str) -> Instance:
        return self._catalog.instance(self._stack.cloud, str(self._stack.nodes[group].instance))

    def _node_group(
        self, name: str, stores: BuiltStores[Grant], identity: Identity, side: NodeSide
    ) -> NodeGroup:
        mounts, mounted = stores.mounts(name)
        volumes = self._planned.volumes(name)
        mounted_volumes = [volume.mount() for volume in volumes]
        script = pulumi.Output.all(mounts, side.startup, side.first).apply(
            lambda known: startup_script(
                Start(
                    stack=self._stack.name,
                    group=name,
                    mounts=[*known[0], *mounted_volumes],
                    setup=self._stack.nodes[name].setup,
                    first=known[2],
                    health=self._watching.lines(name, watched(self._instance(name))),
                    further=known[1],
                )
            )
        )
        arguments = NodeGroupArguments(
            stack=self._stack.name,
            description=self._stack.nodes[name],
            instance=self._instance(name),
            image=self._images[name],
            subnet_ids=self._node_subnets(),
            security_group_ids=[self._network.node_security_group_id, *side.security_groups],
            target_group_arns=side.target_groups,
            instance_profile_arn=identity.instance_profile_arn,
            volumes=volumes,
            startup_script=script,
            rolling=rolling(self._stack, name, held_on_nodes(self._solved, name)),
            whole=starts_whole(self._stack, name),
            zone=self._node_zones[0],
        )
        # Nodes install clients and mount at their start, so routes and mount targets come first.
        return NodeGroup(name, arguments, [self._network, identity, *mounted])
