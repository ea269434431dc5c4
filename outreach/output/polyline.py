"""Google's encoded polyline format: lines as short strings, to about a metre."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from shapely.geometry import LineString

_PER_DEGREE = 100_000
_BITS = 5
# Twice 360 degrees takes 27 bits.
_MAX_CHUNKS = 6
_MORE = 0x20
_FIRST_CHARACTER = 63
# About 3 m: finer than a finger on a phone tells apart.
_TOLERANCE_DEGREES = 3e-5


def encode(lon: ArrayLike, lat: ArrayLike) -> str:
    """
    Encode one line with five decimals, latitude before longitude as the format has it.

    Parameters
    ----------
    lon, lat
        Degrees; shape (k,).
    """
    encoded = encode_many(lon, lat, [0])
    return encoded[0]


def encode_line(line: LineString) -> str:
    """Encode a line in EPSG:4326 as pages draw it: without bends that nobody sees."""
    import shapely

    drawn = shapely.get_coordinates(shapely.simplify(line, _TOLERANCE_DEGREES))
    return encode(drawn[:, 0], drawn[:, 1])


def encode_many(lon: ArrayLike, lat: ArrayLike, first: ArrayLike) -> tuple[str, ...]:
    """
    Encode many lines at once; see `encode`.

    Parameters
    ----------
    lon, lat
        Degrees of all lines one after another; shape (k,).
    first
        Where in them each line begins, ascending, beginning with 0; shape (m,).
    """
    degrees = np.column_stack((np.asarray(lat, dtype=float), np.asarray(lon, dtype=float)))
    starts = np.asarray(first, dtype=np.int64)
    if not len(degrees):
        return ("",) * len(starts)
    # Rounded before they are subtracted, so that no error adds up along a line.
    whole = np.round(degrees * _PER_DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=0)
    begins = starts[starts < len(whole)]
    steps[begins] = whole[begins]
    # The sign goes into the lowest bit, so that small steps either way are short.
    values = np.where(steps < 0, ~(steps << 1), steps << 1).ravel()
    shifts = _BITS * np.arange(_MAX_CHUNKS)
    left = values[:, None] >> shifts
    is_used = (left > 0) | (shifts == 0)
    has_more = np.column_stack((is_used[:, 1:], np.zeros(len(values), dtype=bool)))
    characters = ((left & (_MORE - 1)) | np.where(has_more, _MORE, 0)) + _FIRST_CHARACTER
    text = characters[is_used].astype(np.uint8).tobytes().decode("ascii")
    ends = np.concatenate(([0], np.cumsum(is_used.sum(axis=1))))
    cuts = [*ends[2 * starts].tolist(), len(text)]
    return tuple(text[a:b] for a, b in itertools.pairwise(cuts))
