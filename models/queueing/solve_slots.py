"""One station whose customers take several servers at once: by the chain of who is served."""

from models.laws.queueing.multiserver_jobs import ServerJobs, multiserver_jobs
from models.queueing.disciplines import FCFS
from models.queueing.distributions import is_exponential, mean
from models.queueing.network import Poisson
from models.queueing.shares import NoLaw, Share, Solution
from models.queueing.stations import Station
from models.queueing.traffic import Traffic


def solve_slots(flows: Traffic) -> Solution:
    """The steady state of a station in turn at which some take several servers at once.

    Arguments:
        flows: of an open network of a single station.

    Raises:
        NoLaw: it is not in turn, or not everything about it is exponential.
        Unstable: the queue grows without end, though servers may be idle.
    """
    [(name, station)] = flows.network.stations.items()
    visits = [
        flows.graph.visits[flows.graph.starts[owner].visits[0] or 0] for owner in flows.open_rates
    ]
    classes = [flows.network.classes[owner] for owner in flows.open_rates]
    plain = station == Station(servers=station.servers, discipline=FCFS)
    poisson = all(isinstance(c.arrivals, Poisson) and c.arrival_batch is None for c in classes)
    exponential = all(is_exponential(v.service) and not v.loses for v in visits)
    if not (plain and poisson and exponential) or station.servers == "infinite":
        raise NoLaw(
            f"station {name} gives several servers at once, which a law knows only in turn, for "
            "Poisson arrivals and exponential services without end of patience or room"
        )
    jobs = [
        ServerJobs(rate, mean(visit.service), visit.slots)
        for rate, visit in zip(flows.open_rates.values(), visits, strict=True)
    ]
    try:
        found = multiserver_jobs(station.servers, jobs)
    except ValueError as error:
        raise NoLaw(f"station {name} gives several servers at once: {error}") from None
    shares = {
        # The other servers that it holds are as busy as its first.
        (name, owner): Share(job.rate, job.run_time, wait, setup=job.run_time * (job.servers - 1))
        for owner, job, wait in zip(flows.open_rates, jobs, found.waiting, strict=True)
    }
    return Solution("jobs of several servers, first come, first served", "exact", shares)
