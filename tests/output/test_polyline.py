"""Lines as strings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outreach.output.polyline import encode, encode_many

_points = st.lists(
    st.tuples(
        st.integers(-18_000_000, 18_000_000).map(lambda n: n / 1e5),
        st.integers(-9_000_000, 9_000_000).map(lambda n: n / 1e5),
    ),
    max_size=30,
)


def test_the_format_s_own_example() -> None:
    """The line that the description of the format encodes comes out as it says."""
    assert (
        encode([-120.2, -120.95, -126.453], [38.5, 40.7, 43.252]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    )


def test_points_that_repeat_and_lines_without_any() -> None:
    """A step of nothing is a question mark for each axis; no points make no text."""
    assert encode([0.0, 0.0], [0.0, 0.0]) == "????"
    assert not encode([], [])


@given(_points)
def test_what_was_encoded_is_read_back(points: list[tuple[float, float]]) -> None:
    """Reading by the rules of the format gives the points, to half a unit of the last place."""
    read = decoded(encode([lon for lon, _ in points], [lat for _, lat in points]))
    assert len(read) == len(points)
    for (lat, lon), (lon_before, lat_before) in zip(read, points, strict=True):
        assert abs(lat - lat_before) < 1e-9
        assert abs(lon - lon_before) < 1e-9


@given(st.lists(_points, min_size=1, max_size=6))
def test_many_lines_are_each_as_alone(lines: list[list[tuple[float, float]]]) -> None:
    """Encoding at once changes nothing, also where lines are empty."""
    everything = [point for line in lines for point in line]
    first = [sum(map(len, lines[:i])) for i in range(len(lines))]
    together = encode_many([x for x, _ in everything], [y for _, y in everything], first)
    assert together == tuple(encode([x for x, _ in line], [y for _, y in line]) for line in lines)


def decoded(text: str) -> list[tuple[float, float]]:
    """Read a polyline one character at a time, as its description tells: (lat, lon)."""
    points, values, value, shift, at = [], [], 0, 0, [0, 0]
    for character in text:
        bits = ord(character) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    for lat, lon in zip(values[::2], values[1::2], strict=True):
        at = [at[0] + lat, at[1] + lon]
        points.append((at[0] / 1e5, at[1] / 1e5))
    return points
