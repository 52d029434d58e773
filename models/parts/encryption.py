"""What a key of the stack's own costs, with which all is encrypted that lies still."""

from collections.abc import Iterator
from dataclasses import replace

from models.catalog.providers import cloud as cloud_of
from models.catalog.records import BilledBeside
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.use import Use
from models.prediction import CostLine

# Amazon S3 user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys": up to 99 % fewer
# requests to the key than to objects; how many fewer hangs on who asks when (2026-11-28).
_LEAST_ASKED = 0.01
_MILLION = 1e6


def cost_lines(stack: Stack, facts: Facts) -> Iterator[CostLine]:
    """What the key costs while it is kept.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    if stack.encryption == "customer_key":
        keys = cloud_of(stack.cloud).keys
        yield billed_line("encryption", "key", 1, "keys", keys, stack, facts)


def use_cost_lines(service: str | None, use: Use, stack: Stack, facts: Facts) -> Iterator[CostLine]:
    """What the key is asked for one use of a store: for objects, once each at the most.

    Volumes and file systems ask for it when they are attached, which is next to nothing.

    Arguments:
        service: of the catalog that holds the store; None for none.
        use: of the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    if stack.encryption != "customer_key" or service is None:
        return
    if BilledBeside.REQUESTS not in facts.storage_service(stack.cloud, service).bills:
        return
    asked = _LEAST_ASKED * (use.reads + use.writes) / _MILLION
    if asked:
        requests, unit = cloud_of(stack.cloud).key_requests, "1M requests"
        line = billed_line(
            use.store,
            "requests to the key",
            asked,
            unit + ("/h" if use.endless else ""),
            requests,
            stack,
            facts,
            per_run=not use.endless,
        )
        yield replace(line, high=line.high / _LEAST_ASKED)
