"""Functions over arrays, compiled to machine code at their first call and kept on disk for the next process.

A compiled function calls only compiled functions of its own module: what is kept on disk is renewed when that one
module changes.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """`function`, compiled without Python's objects; it keeps its type for whoever calls it."""
    return cast(Callable[_Parameters, _Result], numba.njit(cache=True, nogil=True, boundscheck=False)(function))
