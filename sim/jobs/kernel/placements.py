"""Which tasks are on which nodes: records in two lists, of their job and of their node."""

from sim.jobs.arrays.job_records import NONE
from sim.jobs.kernel.jobs_access import job_at, node_at, placement_at, world
from sim.jobs.kernel.jobs_compilation import inner
from sim.jobs.kernel.node_trees import give


@inner
def place_tasks(run, job, node, tasks):
    """Tasks of a job begin on a node.

    Arguments:
        run: of the replication, with a placement that is not in use.
        job: whose tasks they are.
        node: in service.
        tasks: how many.
    """
    of, where, total = job_at(run, job), node_at(run, node), world(run)
    row = total.unused
    one = placement_at(run, row)
    total.unused = one.next_of_job
    total.unused_count -= 1
    one.job, one.node, one.tasks = job, node, tasks
    one.next_of_job, of.first = of.first, row
    one.previous_of_node, one.next_of_node = NONE, where.first
    if where.first != NONE:
        placement_at(run, where.first).previous_of_node = row
    where.first = row
    give(run, node, of.shape, -tasks)


@inner
def remove_tasks(run, job):
    """All tasks of a job end."""
    of, total = job_at(run, job), world(run)
    row = of.first
    while row != NONE:
        one = placement_at(run, row)
        where, after = node_at(run, one.node), one.next_of_job
        if one.previous_of_node == NONE:
            where.first = one.next_of_node
        else:
            placement_at(run, one.previous_of_node).next_of_node = one.next_of_node
        if one.next_of_node != NONE:
            placement_at(run, one.next_of_node).previous_of_node = one.previous_of_node
        give(run, one.node, of.shape, one.tasks)
        one.next_of_job, total.unused = total.unused, row
        total.unused_count += 1
        row = after
    of.first = NONE
