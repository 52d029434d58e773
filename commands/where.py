"""Where long work runs, as options say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from commands.leaving import BAD_INPUT, WORLD_REFUSED, leave

if TYPE_CHECKING:
    from sim.backends import Backend


def backend_of(
    kind: Literal["joblib", "dask", "ray"], address: str | None, jobs: int | None
) -> Backend:
    """The backend that the options of a command name.

    Arguments:
        kind: as users name it.
        address: of the scheduler.
        jobs: processes of this machine.
    """
    from sim.backends import Backend

    if address and kind == "joblib":
        leave("--scheduler goes with --backend dask or ray", BAD_INPUT)
    if kind == "dask" and not address:
        leave("--backend dask needs --scheduler, such as tcp://host:8786", WORLD_REFUSED)
    return Backend("local" if kind == "joblib" else kind, address, jobs)
