"""What stands in compiled code for a row of an array, and for the bits of a number."""

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def row_of(dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives a row of an array of records.

    Its arguments are the address of the array, which the caller keeps alive, and the row.

    Arguments:
        dtype: of the records.
    """
    record = numba.from_dtype(dtype)
    size = dtype.itemsize

    @intrinsic
    def row(typing_context: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            start, place = arguments
            offset = builder.mul(place, context.get_constant(types.int64, size))
            return builder.inttoptr(builder.add(start, offset), context.get_value_type(record))

        return record(types.int64, types.int64), generate

    return row


def record_of(dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives the record at an address.

    Arguments:
        dtype: of the record.
    """
    record = numba.from_dtype(dtype)

    @intrinsic
    def at(typing_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(record))

        return record(types.int64), generate

    return at


def row_through(holder: np.dtype[Any], field: str, dtype: np.dtype[Any]) -> Any:
    """A compiled function that gives a row of an array whose address is in a record.

    Its arguments are the address of that record and the row. It is written where it is used: a
    function of its own for each array would be half of what there is to compile.

    Arguments:
        holder: of the record with the address.
        field: of the record, with the address of the array.
        dtype: of the rows.
    """
    assert holder.fields is not None, "a record has fields"
    record, place, size = numba.from_dtype(dtype), holder.fields[field][1], dtype.itemsize

    @intrinsic
    def row(typing_context: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            run, number = arguments
            word = context.get_value_type(types.int64)
            held = builder.add(run, context.get_constant(types.int64, place))
            start = builder.load(builder.inttoptr(held, word.as_pointer()))
            # Arrays move only between the calls of compiled code, which may read their places once.
            start.set_metadata("invariant.load", builder.module.add_metadata([]))
            offset = builder.mul(number, context.get_constant(types.int64, size))
            return builder.inttoptr(builder.add(start, offset), context.get_value_type(record))

        return record(types.int64, types.int64), generate

    return row


def _bits_of(typing_context: Any, value: Any) -> Any:
    """The 64 bits of a number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


def _number_of(typing_context: Any, bits: Any) -> Any:
    """The number with these 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


def _fetch(typing_context: Any, address: Any) -> Any:
    """Bring what lies at an address near, to be written soon; a hint alone."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word, pointer = ir.IntType(32), cgutils.voidptr_t
        kind = ir.FunctionType(ir.VoidType(), [pointer, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        place = builder.inttoptr(arguments[0], pointer)
        builder.call(function, [place, word(1), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


bits_of: Any = intrinsic(_bits_of)
number_of: Any = intrinsic(_number_of)
fetch: Any = intrinsic(_fetch)
