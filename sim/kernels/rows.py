"""Rows of arrays by the address of the array: how compiled code finds the state of a run.

All arrays of a run are found through one record that holds their addresses. So a function is
passed one pointer instead of twenty arrays with their shapes, strides and counts of references,
which would take ten times the time of what an event does, and minutes to compile.
"""

from types import ModuleType
from typing import Any

import numpy as np

from sim.kernels.deferred import Deferred


def row_of(dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives a row of an array of records.

    Its arguments are the address of the array, which the caller keeps alive, and the row.

    Arguments:
        dtype: of the records.
    """
    return Deferred(lambda: _intrinsics().row_of(dtype))


def record_of(dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives the record at an address.

    Arguments:
        dtype: of the record.
    """
    return Deferred(lambda: _intrinsics().record_of(dtype))


def row_through(holder: np.dtype[Any], field: str, dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives a row of an array whose address is in a record.

    Its arguments are the address of that record and the row. It is written where it is used: a
    function of its own for each array would be much of what there is to compile.

    Arguments:
        holder: of the record with the address.
        field: of the record, with the address of the array.
        dtype: of the rows.
    """
    return Deferred(lambda: _intrinsics().row_through(holder, field, dtype))


def _intrinsics() -> ModuleType:
    from sim.kernels import row_intrinsics  # which loads Numba

    return row_intrinsics


bits_of: Any = Deferred(lambda: _intrinsics().bits_of)
number_of: Any = Deferred(lambda: _intrinsics().number_of)
fetch: Any = Deferred(lambda: _intrinsics().fetch)
