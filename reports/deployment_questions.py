"""Nine questions to ask before anything is deployed: what the stack says, what stays open."""

from models.description.stack import Stack
from models.parts.place import provider_of
from models.prediction import Prediction
from models.prediction.served import Served
from reports.access_tables import may
from reports.answer_tables import break_even_after
from reports.energy_tables import line as energy_line
from reports.stack_tables import NO_NODES, machines, purchases, where
from reports.table import Table, columns, row
from reports.wording import NONE, bound, duration, money
from reports.workload_report import each, report_of


def deployment_questions(stack: Stack, prediction: Prediction) -> Table:
    """The nine questions, each with what the stack file answers and what it leaves open.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    answered = (
        ("Value: what is it for?", *_value(stack)),
        ("Tools: what does it run on?", *_tools(stack)),
        ("Dependencies: what does it need?", *_dependencies(stack, prediction)),
        ("Consumption: what does it take?", *_consumption(stack, prediction)),
        ("Cloud or own hardware?", *_cloud_or_own(stack, prediction)),
        ("Users: who asks how much of it?", *_users(stack, prediction)),
        ("Security: who may do what?", *_security(stack, prediction)),
        ("Retraining: how often, at what cost?", *_retraining(prediction)),
        ("Monitoring: how is it seen to work?", *_monitoring(prediction)),
    )
    rows = tuple(
        row(question, said or NONE, f"open: {left}" if left else NONE)
        for question, said, left in answered
    )
    heads = columns("Question", "From the stack file", "Still to be answered")
    return Table("Nine questions of deployment", heads, rows)


def _value(stack: Stack) -> tuple[str, str]:
    wanted = [name for name, one in stack.objectives if one is not None]
    parts = [stack.description] if stack.description else []
    if wanted:
        parts.append(f"Objectives: {', '.join(name.replace('_', ' ') for name in wanted)}.")
    left = [] if stack.description else ["what it is for (`description`)"]
    left += [] if wanted else ["what it must reach (`objectives`)"]
    return " ".join(parts), " and ".join(left) or "what its results are worth, against its cost"


def _tools(stack: Stack) -> tuple[str, str]:
    named = (report_of(one.kind).platform(one) for one in stack.workloads.values())
    return "; ".join(dict.fromkeys(named)), ""


def _dependencies(stack: Stack, prediction: Prediction) -> tuple[str, str]:
    parts = [where(stack)]
    parts += [f"{one.name}: {one.made_of}" for one in prediction.stores]
    for name, workload in stack.workloads.items():
        parts += [f"{name} waits for {', '.join(workload.after)}"] if workload.after else []
    points = prediction.availability.single_points
    if points:
        parts.append(f"single points of failure: {', '.join(points)}")
    return "; ".join(parts), "services outside the stack, and whose data they are"


def _consumption(stack: Stack, prediction: Prediction) -> tuple[str, str]:
    cost = prediction.cost
    least = bound(cost.at_least, cost.at_most)
    parts = [*machines(stack, prediction), f"{least}{money(cost.monthly)} a month while it is held"]
    if prediction.energy is not None:
        parts.append(energy_line(prediction.energy, cost.of))
    left = f"prices of {', '.join(cost.unpriced)}" if cost.unpriced else ""
    if prediction.energy is None:
        left += f"{' and ' if left else ''}energy: the power of its hardware or its `facility`"
    return "; ".join(parts), left


def _cloud_or_own(stack: Stack, prediction: Prediction) -> tuple[str, str]:
    if provider_of(stack).owned:
        return "own hardware, on premises", "what as much would cost in a cloud"
    title = provider_of(stack).title
    if not stack.nodes:
        return f"{title}, {NO_NODES}", "what own nodes in their place would cost"
    said = f"{title}, nodes {purchases(stack)}"
    if not prediction.cost.break_even:
        return said, "what own nodes would cost (`own` of a node group)"
    after = (f"{one.node_group}: {break_even_after(one)}" for one in prediction.cost.break_even)
    return f"{said}; own nodes are cheaper after: {', '.join(after)}", ""


def _users(stack: Stack, prediction: Prediction) -> tuple[str, str]:
    asked = [
        (one, f"{one.name}: {kind.rate(one)}{', by the hour' if one.timed else ''}")
        for one, kind, _ in each(stack, prediction)
        if one.completion is None
    ]
    if not asked:
        return "", "who uses its results"
    said = "; ".join(text for _, text in asked)
    when = [one.name for one, _ in asked if not one.timed]
    of_these = f" to {', '.join(when)}" if len(when) < len(asked) else ""
    return said, f"who they are, and when they come{of_these}" if when else "who they are"


def _security(stack: Stack, prediction: Prediction) -> tuple[str, str]:
    login = ", ".join(stack.network.ssh_from)
    nobody = provider_of(stack).owned or not stack.nodes
    parts = [] if nobody else [f"login by ssh from {login or 'nowhere'}"]
    for name, one in stack.identities.items():
        if one.kind != "group":
            parts.append(f"{name} may {may(prediction.access, name) or 'do nothing'}")
    roles = stack.identities or not stack.nodes
    without = "" if roles else "roles of its nodes (`identities`), and "
    return "; ".join(parts), f"{without}whose data are in it, and who may change it"


def _retraining(prediction: Prediction) -> tuple[str, str]:
    runs = [
        f"{one.name}: P95 {duration(one.completion.p95.mean)},"
        f" {bound(one.cost_at_least)}{money(one.cost.mean.mean)} of nodes on average"
        for one in prediction.workloads
        if one.completion is not None
    ]
    if not runs:
        return "", "nothing in the stack trains: when and where what it serves is made anew"
    return "; ".join(runs), "how often, and by what sign"


def _monitoring(prediction: Prediction) -> tuple[str, str]:
    served = [one.name for one in prediction.workloads if isinstance(one, Served)]
    what = "latency, loss and load" if served else "step times, failures and bills"
    said = f"`windtunnel observe` sets measured {what} beside what is predicted"
    return said, "what raises an alarm, and who answers it"
