"""The description as tables: layers, nodes, storage, network, identities, workloads."""

from collections.abc import Iterable

from models.description.quantities import format_money, format_scaled
from models.description.stack import Checkpoint, Dataset, NodeGroup, Stack, Training
from models.prediction import Prediction, TrainingPrediction
from reports.building_rows import building_rows
from reports.store_tables import make_up
from reports.table import Table, columns, row
from reports.wording import NONE, count, duration, many, number

PLACES = {"aws": "AWS", "gcp": "Google Cloud", "on-premises": "on premises"}
VIRTUALISATION = {
    "aws": "EC2 virtual machines",
    "gcp": "Compute Engine virtual machines",
    "on-premises": "bare metal, no virtual machine manager",
}
ACCESS = {"read": "read", "write": "write", "read_write": "read and write"}


def purchase(stack: Stack, group: NodeGroup) -> str:
    """How the nodes of a group are paid for, in words.

    Arguments:
        stack: the description.
        group: the node group.
    """
    return "own" if stack.cloud == "on-premises" else group.purchase.replace("_", "-")


def purchases(stack: Stack) -> str:
    """How the nodes of the stack are paid for, in words.

    Arguments:
        stack: the description.
    """
    return " and ".join(dict.fromkeys(purchase(stack, group) for group in stack.nodes.values()))


def where(stack: Stack) -> str:
    """Cloud, region and zones in words.

    Arguments:
        stack: the description.
    """
    place = PLACES[stack.cloud]
    if stack.region:
        place += f", {stack.region}"
    return f"{place} ({', '.join(stack.zones)})" if stack.zones else place


def layers(stack: Stack, prediction: Prediction) -> Table:
    """The choice that the stack makes for each of the four layers of an ML stack.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    by_name = {training.name: training for training in prediction.workloads}
    rows = [
        row("Application", _listed(_application(name, w) for name, w in stack.workloads.items())),
        row("Platform and software", _listed(_platform(w) for w in stack.workloads.values())),
        row("Virtualisation", f"{VIRTUALISATION[stack.cloud]}: {_instances(stack)}"),
        row("Hardware", _listed(_hardware(stack, by_name))),
    ]
    return Table("The four layers", columns("Layer", "Choice"), tuple(rows))


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))


def _application(name: str, workload: Training) -> str:
    return f"{name}: trains {_network(workload)}, {many(workload.epochs, 'epochs')}"


def _platform(workload: Training) -> str:
    return (
        f"{workload.software}; synchronous data-parallel training in {workload.precision}, "
        f"gradients in {workload.gradient_precision}, optimizer {workload.optimizer}"
    )


def _instances(stack: Stack) -> str:
    return ", ".join(f"{count(group.count)} {_kind(group)}" for group in stack.nodes.values())


def _hardware(stack: Stack, predicted: dict[str, TrainingPrediction]) -> list[str]:
    parts = []
    for name, group in stack.nodes.items():
        trainings = [
            predicted[workload_name]
            for workload_name, workload in stack.workloads.items()
            if workload.nodes == name and workload_name in predicted
        ]
        if trainings:
            memory = format_scaled(trainings[0].memory.available, "B")
            parts.append(f"{name}: {many(trainings[0].accelerators, 'accelerators')} of {memory}")
        elif group.machine is not None:
            parts.append(
                f"{name}: {many(group.count, 'machines')} of {many(group.machine.vcpus, 'vCPUs')}"
            )
    return parts + [f"{name}: {make_up(store)}" for name, store in stack.storage.items()]


def _kind(group: NodeGroup) -> str:
    if group.machine is None:
        return group.instance or NONE
    machine = group.machine
    chips = f", {machine.accelerators} {machine.accelerator}" if machine.accelerator else ""
    memory = format_scaled(machine.memory, "B")
    return f"machine ({machine.vcpus} vCPUs, {memory}{chips})"


def nodes(stack: Stack) -> Table:
    """The node groups.

    Arguments:
        stack: the description.
    """
    rows = tuple(
        row(
            name,
            _kind(group),
            count(group.count),
            count(group.spares),
            purchase(stack, group),
            group.placement,
            format_scaled(group.boot_disk, "B"),
            _overrides(group),
        )
        for name, group in stack.nodes.items()
    )
    heads = columns(
        "Group", "Node", "Count>", "Spares>", "Bought", "Placement", "Boot disk>", "Set by hand"
    )
    return Table("Nodes", heads, rows)


def _overrides(group: NodeGroup) -> str:
    parts = []
    if group.price is not None:
        parts.append(f"{format_money(group.price)}/h")
    if group.mttf is not None:
        parts.append(f"MTTF {duration(group.mttf)}")
    if group.mttr is not None:
        parts.append(f"MTTR {duration(group.mttr)}")
    return ", ".join(parts) or NONE


def network(stack: Stack) -> Table:
    """The network and, on premises, the building.

    Arguments:
        stack: the description.
    """
    if stack.cloud == "on-premises":
        rows = [
            row("Links of each node", count(stack.network.links_per_node)),
            row("Switches, one suffices", count(stack.network.switches)),
        ]
    else:
        login = ", ".join(stack.network.ssh_from) or "from nowhere"
        rows = [row("Private addresses", stack.network.cidr), row("Login by ssh", login)]
    if stack.facility is not None:
        rows += building_rows(stack.facility)
    return Table("Network and facility", columns("Property", "Choice"), tuple(rows))


def identities(stack: Stack) -> Table:
    """Which nodes may do what with which store.

    Arguments:
        stack: the description.
    """
    rows = tuple(
        row(
            name,
            identity.nodes,
            ", ".join(f"{ACCESS[p.access]} {p.store}" for p in identity.permissions) or "nothing",
        )
        for name, identity in stack.identities.items()
    )
    return Table("Identities", columns("Role", "Taken by nodes", "May"), rows)


def workloads(stack: Stack) -> Table:
    """What the stack is for.

    Arguments:
        stack: the description.
    """
    rows = tuple(
        row(
            name,
            workload.nodes,
            _network(workload),
            _dataset(workload.dataset),
            count(workload.epochs),
            count(workload.batch),
            _checkpoint(workload.checkpoint),
            ", ".join(workload.after) or NONE,
        )
        for name, workload in stack.workloads.items()
    )
    heads = columns(
        "Workload", "Nodes", "Network", "Data", "Epochs>", "Batch each>", "Checkpoints", "After"
    )
    return Table("Workloads", heads, rows)


def _network(workload: Training) -> str:
    if workload.model is None:
        return workload.network or NONE
    return f"a network of {number(workload.model.parameters)} parameters"


def _dataset(dataset: Dataset) -> str:
    size = format_scaled(dataset.sample_size, "B")
    place = dataset.preparation.where
    prepared = "" if place == "cpu" else f", prepared on the {place}"
    return f"{count(dataset.samples)} samples of {size} from {dataset.store}{prepared}"


def _checkpoint(checkpoint: Checkpoint) -> str:
    if checkpoint.interval == "none":
        return f"at the end, to {checkpoint.store}"
    if checkpoint.interval == "optimal":
        return f"optimal interval, to {checkpoint.store}"
    return f"every {duration(checkpoint.interval)}, to {checkpoint.store}"
