"""The state that a training run saves: how large it is, and what saving and loading it takes."""

import math
from dataclasses import dataclass

from models.catalog.records import NeuralNetwork
from models.description.quantities import format_count, format_duration, format_scaled
from models.laws.training_step import checkpoint_bytes
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.workloads.training import Checkpoint, Training
from models.parts.workloads.workload_kind import Impossible


@dataclass(frozen=True)
class SavedState:
    """One checkpoint of a run.

    Arguments:
        size: bytes.
        write: until it is written, s.
        read: by all nodes at a restart, s.
        stall: that training waits for it, s.
        flush: from then until it is safe, while training goes on, s; 0 if it waits for all of it.
        writers: nodes that write it, each its share.
    """

    size: float
    write: float
    read: float
    stall: float
    flush: float
    writers: int


def size(workload: Training, network: NeuralNetwork) -> float:
    """Bytes of one checkpoint.

    Arguments:
        workload: the training workload.
        network: that it trains.
    """
    if workload.checkpoint.size is not None:
        return workload.checkpoint.size
    return checkpoint_bytes(network.parameters, workload.precision, workload.optimizer)


def saved_state(
    workload: Training, network: NeuralNetwork, node: Hardware, site: Site
) -> SavedState:
    """What saving and loading the state of a run takes.

    Arguments:
        workload: the training workload.
        network: that it trains.
        node: that it runs on.
        site: that it runs on.

    Raises:
        Impossible: a copy that main memory has no room for, or an interval in which none is
            written.
    """
    described, count = workload.checkpoint, site.groups[workload.nodes].described.count
    state, writers = size(workload, network), count if described.sharded else 1
    write, read = described.write_time, described.read_time
    # A burst is from full credits, unless the dataset of the same store has spent them.
    spent = math.inf if described.store == workload.dataset.store else state
    if write is None:
        saved = site.speed(described.store, workload.nodes, clients=writers)
        write = saved.latency + state / saved.writing(spent)
    if read is None:
        loaded = site.speed(described.store, workload.nodes)
        # Every node reads its share, or the whole checkpoint.
        loads = (1 if described.sharded else count) * state
        read = loaded.latency + loads / loaded.reading(max(loads, spent))
    if not described.asynchronous:
        return SavedState(state, write, read, write, 0.0, writers)
    stall = _copying(described, state / writers, node)
    if isinstance(described.interval, float) and described.interval < write:
        every, takes = format_duration(described.interval), format_duration(write)
        text = f"saves every {every}, but one checkpoint is written for {takes}, one after another"
        raise Impossible((("checkpoint", "interval"), text))
    return SavedState(state, write, read, stall, write, writers)


def _copying(described: Checkpoint, share: float, node: Hardware) -> float:
    """How long training waits for the copy of a node's share into its main memory, s."""
    if share > node.memory:
        room, wanted = format_scaled(node.memory, "B"), format_scaled(share, "B")
        text = f"asynchronous saving keeps a copy of {wanted} in a node's main memory of {room}"
        raise Impossible((("checkpoint", "asynchronous"), text))
    if described.stall is not None:
        return described.stall
    if node.accelerator is None:
        text = "no accelerator says how fast its state is copied into main memory; give the stall"
        raise Impossible((("checkpoint", "asynchronous"), text))
    # One accelerator has all of the state, of which the others hold copies; of a share each
    # accelerator copies its part at the same time.
    sources = node.accelerators if described.sharded else 1
    return share / sources / node.accelerator.host_bandwidth


def checkpoint_in_words(saved: SavedState, described: Checkpoint) -> str:
    """How a run saves its state, for people.

    Arguments:
        saved: what saving takes.
        described: by the user.
    """
    by = format_count(saved.writers, "nodes")
    text = f"{by} writes" if saved.writers == 1 else f"{by} write, each its share,"
    text += f" a checkpoint of {format_scaled(saved.size, 'B')} in {format_duration(saved.write)}"
    if described.write_time is not None:
        text += ", as given"
    if not described.asynchronous:
        return f"{text}, for which training waits"
    return f"{text}; training waits {format_duration(saved.stall)} for the copy in main memory"
