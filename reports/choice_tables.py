"""The choice among many stacks as tables: what is best, what was rejected and why."""

from collections.abc import Sequence

from models.description.plain_values import said
from models.prediction.choice_answer import Choice, Concession, Excuse, RejectedFamily, Why
from models.prediction.comparison_answer import Variant
from reports.comparison_tables import short_names, verdict
from reports.table import Table, columns, row
from reports.wording import bound, count, duration, money, number, percent

REASONS = {
    Why.IMPOSSIBLE: "can't be, or can't work",
    Why.UNPRICED: "something has no known price",
    Why.OVERLOADED: "overloaded",
    Why.TOO_SLOW: "too slow, even if nothing fails",
    Why.TOO_DEAR: "too dear, even if nothing fails",
    Why.SELDOM_UP: "up too seldom, by the laws",
    Why.DOMINATED: "no better than what costs less, or does not fit",
    Why.BEATEN: "another costs and takes no more",
    Why.MISSED: "simulated, misses an objective",
    Why.NOT_REACHED: "not reached",
}
_NAMED = 3  # families that a row names


def headline(choice: Choice) -> str:
    """What was found, one sentence.

    Arguments:
        choice: among the stacks.
    """
    if choice.cheapest is None:
        if choice.nearest is None:
            return "Nothing of what is open can work."
        return "Nothing meets all objectives; the nearest stack, and what would have to give:"
    if not choice.cheapest.objectives:
        return "The cheapest stack, the fastest, and what lies between them:"
    return "The cheapest stack that meets all objectives, the fastest, and what lies between:"


def frontier(choice: Choice) -> Table:
    """From the cheapest to the fastest, after the stack as it is described.

    Arguments:
        choice: among the stacks.
    """
    names = short_names([one.path for one in choice.open])
    shown: list[tuple[str, Variant]] = []
    if choice.described is not None:
        shown.append(("as described", choice.described))
    if choice.nearest is not None:
        shown.append(("nearest", choice.nearest))
    for position, one in enumerate(choice.frontier):
        first, last = position == 0, position == len(choice.frontier) - 1
        names_of = ("cheapest" if first else "", "fastest" if last else "")
        shown.append((", ".join(filter(None, names_of)), one))
    rows = []
    for name, one in shown:
        time = time_of(one)
        rows.append(
            row(
                name,
                what(one, names) if one.changes else "",
                f"{bound(one.at_least)}{one.cost.mean.mean:,.2f}",
                "" if time is None else duration(time),
                verdict(one),
            )
        )
    heads = columns("", "Choice", "Mean cost, USD>", "P95 of time>", "Objectives")
    return Table("Frontier", heads, tuple(rows))


def what(one: Variant, names: dict[str, str]) -> str:
    """What was chosen, in words.

    Arguments:
        one: the stack.
        names: of the paths that were open.
    """
    chosen = dict(one.changes)
    return ", ".join(_short(name, chosen[path]) for path, name in names.items() if path in chosen)


def _short(name: str, value: object) -> str:
    """A value with its name, where the value alone does not say what it is."""
    text = said(value)
    return text if isinstance(value, str) and not text[:1].isdigit() else f"{name}={text}"


def time_of(one: Variant) -> float | None:
    """P95 of the time until all is complete, or of an answer where it never is, s.

    Arguments:
        one: a stack.
    """
    ends = [each for each in one.workloads if each.completes] or list(one.workloads)
    times = [each.time_p95.mean for each in ends if each.time_p95 is not None]
    return max(times) if len(times) == len(ends) and times else None


def concessions(choice: Choice) -> list[str]:
    """What would have to give for the nearest stack, a sentence each.

    Arguments:
        choice: among the stacks.
    """
    return [_gives(one) for one in choice.concessions]


def _gives(one: Concession) -> str:
    if one.wanted_time is not None:
        reached = "nothing" if one.reached_time is None else duration(one.reached_time)
        return f"{one.objective}: {reached} instead of {duration(one.wanted_time)}"
    if one.wanted_cost is not None and one.reached_cost is not None:
        return f"{one.objective}: {money(one.reached_cost)} instead of {money(one.wanted_cost)}"
    if one.wanted_share is not None and one.reached_share is not None:
        wanted, reached = percent(one.wanted_share), percent(one.reached_share)
        return f"{one.objective}: {reached} instead of {wanted}"
    if one.wanted_count is not None:
        behind = "no number" if one.reached_count is None else number(one.reached_count)
        return f"{one.objective}: {behind} instead of {number(one.wanted_count)} events"
    return one.objective


def rejected(choice: Choice) -> Table:
    """The other candidates by reason, with the nearest of each.

    Arguments:
        choice: among the stacks.
    """
    rows = []
    for why in Why:
        mine = [one for one in choice.rejected if one.excuse.why is why]
        if mine:
            number = sum(one.candidates for one in mine)
            rows.append(row(REASONS[why], count(number), some_families(mine), _nearest(mine)))
    return Table("Rejected", columns("Why", "Candidates>", "Families", "Nearest"), tuple(rows))


def families(choice: Choice) -> Table:
    """Every rejected family with its reason and the figures of its nearest candidate.

    Arguments:
        choice: among the stacks.
    """
    rows = [
        row(_family(one), REASONS[one.excuse.why], count(one.candidates), figures(one.excuse))
        for one in choice.rejected
    ]
    heads = columns("Family", "Why", "Candidates>", "Nearest")
    return Table("Rejected families", heads, tuple(rows))


def _family(one: RejectedFamily) -> str:
    return ", ".join(said(value) for _, value in one.family) or "all"


def some_families(mine: Sequence[RejectedFamily]) -> str:
    """The first of some families, and how many there are beside them.

    Arguments:
        mine: that are rejected for one reason.
    """
    names = list(dict.fromkeys(_family(one) for one in mine))
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _nearest(mine: Sequence[RejectedFamily]) -> str:
    def far(one: RejectedFamily) -> float:
        excuse = one.excuse
        if excuse.least_time is not None and excuse.wanted_time:
            return excuse.least_time / excuse.wanted_time
        if excuse.least_cost is not None:
            return excuse.least_cost / (excuse.wanted_cost or 1.0)
        return 0.0

    nearest = min(mine, key=far)
    text = figures(nearest.excuse)
    return f"{_family(nearest)}: {text}" if text else ""


def because(excuse: Excuse) -> str:
    """Why candidates are rejected, in one line.

    Arguments:
        excuse: of them.
    """
    told = figures(excuse)
    if not told or excuse.why is Why.IMPOSSIBLE:
        return told or REASONS[excuse.why]
    return f"{REASONS[excuse.why]}: {told}"


def figures(excuse: Excuse) -> str:
    """The figures of an excuse in words.

    Arguments:
        excuse: of rejected candidates.
    """
    found = []
    if excuse.least_time is not None:
        wanted = "" if excuse.wanted_time is None else f" of {duration(excuse.wanted_time)}"
        found.append(f"{duration(excuse.least_time)}{wanted}")
    if excuse.least_cost is not None:
        wanted = "" if excuse.wanted_cost is None else f" of {money(excuse.wanted_cost)}"
        found.append(f"{money(excuse.least_cost)}{wanted}")
    if excuse.met_share is not None and excuse.wanted_share is not None:
        met, wanted = percent(excuse.met_share), percent(excuse.wanted_share)
        found.append(f"at most {met} of years, {wanted} demanded")
    if excuse.fault:
        found.append(excuse.fault)
    elif not found:
        found += excuse.objectives
    return ", ".join(found)


def saving(choice: Choice) -> str:
    """What the cheapest costs of what the stack costs as described, one sentence; or nothing.

    Arguments:
        choice: among the stacks.
    """
    if choice.cheapest is None or choice.described is None:
        return ""
    best, now = choice.cheapest.cost.mean.mean, choice.described.cost.mean.mean
    if choice.described.at_least or now <= 0:
        return "What the stack costs as described is not known."
    if best / now >= 0.9995:  # else it reads as all of it
        return "Nothing that was tried costs less than the stack as described."
    return f"The cheapest costs {percent(best / now)} of what the stack costs as described."


def _told_apart(choice: Choice) -> str:
    return (
        "The cheapest is that of trying everything; the fastest is within"
        f" {percent(choice.resolution)} of the least time; what lies within"
        f" {percent(choice.spacing)} of a stack shown is not."
    )


def how(choice: Choice) -> list[str]:
    """How it was had, a sentence each.

    Arguments:
        choice: among the stacks.
    """
    lines = [
        f"{count(choice.candidates)} candidates: the laws were asked {count(choice.solved)} times,"
        f" of a candidate or a family that can't be told apart;"
        f" {count(choice.simulated)} {'was' if choice.simulated == 1 else 'were'} simulated.",
    ]
    if choice.complete and choice.cheapest is not None:
        lines.append(_told_apart(choice))
    if not choice.complete:
        text = "The search was cut short: what was not reached may be better"
        lines.append(f"{text} (--most, or fewer open values).")
    if choice.confirmed > choice.replications:
        lines.append(
            f"{count(choice.replications)} years of each candidate, {count(choice.confirmed)} of"
            " each that may meet the objectives."
        )
    lines.append(
        f"windtunnel {choice.version}, {count(choice.confirmed)} years of what is shown, seed"
        f" {choice.seed}, stack {choice.stack_hash[:12]}, catalog {choice.catalog_hash[:12]}"
    )
    return lines
