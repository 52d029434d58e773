"""Free slots in compiled code: a ring of nodes, in the order in which their slots became free."""

from sim.batch.kernel.batch_access import free_at, world
from sim.batch.kernel.batch_compilation import inlined, inner


@inlined
def _row(run, place):
    """The row of a place, counted from the first that is free."""
    row = world(run).free_first + place
    return row - world(run).free_room if row >= world(run).free_room else row


@inner
def add_slot(run, node):
    """A slot of a node is free from now on."""
    total = world(run)
    free_at(run, _row(run, total.free_count)).value = node
    total.free_count += 1


@inner
def take_slot(run):
    """The node whose slot has been free longest; there is one."""
    total = world(run)
    node = free_at(run, total.free_first).value
    total.free_first = _row(run, 1)
    total.free_count -= 1
    return node


@inner
def take_slot_elsewhere(run, node):
    """The same of all nodes but one; that node where no other has a free slot."""
    total = world(run)
    for place in range(total.free_count):
        found = free_at(run, _row(run, place)).value
        if found != node:
            for before in range(place, 0, -1):
                row = free_at(run, _row(run, before - 1)).value
                free_at(run, _row(run, before)).value = row
            take_slot(run)
            return found
    return node


@inner
def remove_slots(run, node):
    """No slot of a node is free."""
    total, kept = world(run), 0
    for place in range(total.free_count):
        found = free_at(run, _row(run, place)).value
        if found != node:
            free_at(run, _row(run, kept)).value = found
            kept += 1
    total.free_count = kept
