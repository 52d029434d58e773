"""The parameters of jobs as variables of their environment."""

import re
from collections.abc import Iterator, Mapping

# What a job finds beside its parameters, and what a shell cannot do without.
_TAKEN = re.compile(r"JOB|AWS_.*|STORE_.*|PATH|HOME|IFS|PWD|SHELL|USER|LD_.*")


def variable_of(parameter: str) -> str:
    """The variable of a parameter of a grid.

    Arguments:
        parameter: its name.
    """
    return re.sub(r"[^A-Z0-9_]", "_", parameter.upper())


def wrong_names(grid: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Parameters that no variable can be called like, each with why.

    Arguments:
        grid: by parameter.
    """
    known: dict[str, str] = {}
    for parameter in grid:
        variable = variable_of(parameter)
        if variable in known:
            yield parameter, f"is {variable} in the environment of jobs, as '{known[variable]}' is"
        elif variable[0].isdigit():
            yield parameter, f"would be {variable} in the environment of jobs, which is no name"
        elif _TAKEN.fullmatch(variable):
            yield parameter, f"would be {variable} in the environment of jobs, which is taken"
        known.setdefault(variable, parameter)
