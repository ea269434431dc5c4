"""The built network on disk: found again, and never trusted blindly."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from outreach.errors import NetworkError
from outreach.routing import network_cache
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.network_cache import cached_network, network_key
from tests.worlds import grid_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARAMS = ImpedanceParams()


class Builder:
    """Builds a grid town, and counts how often it had to."""

    def __init__(self) -> None:
        self.n_built = 0

    def __call__(self) -> RoadNetwork:
        """Build it."""
        self.n_built += 1
        return network_from_graph(grid_town(3))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a file that stands for an extract; only its content matters here."""
    path = tmp_path / "roads.osm.pbf"
    path.write_bytes(b"roads")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Give a cache folder that is not there yet."""
    return tmp_path / "cache" / "networks"


def stored(cache: Path) -> Path:
    """Find the only file of the cache."""
    (path,) = cache.iterdir()
    return path


def assert_equal(one: RoadNetwork, other: RoadNetwork) -> None:
    """Compare every field."""
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name == "duration_s":
            assert a.keys() == b.keys()
            assert all(np.array_equal(a[season], b[season]) for season in a)
        elif isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, field.name
            assert np.array_equal(a, b), field.name
        else:
            assert a == b, field.name


def test_the_second_load_does_not_build(source: Path, cache: Path) -> None:
    """What was built once comes back, field by field."""
    build = Builder()
    first = cached_network([source], PARAMS, cache_dir=cache, build=build)
    second = cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 1
    assert_equal(first, second)


def test_the_key_is_the_hash_of_sources_and_params(source: Path, cache: Path) -> None:
    """Built or loaded, the network tells what it was made from."""
    for _ in range(2):
        network = cached_network([source], PARAMS, cache_dir=cache, build=Builder())
        assert network.key == network_key([source], PARAMS)


def test_other_content_is_built(source: Path, cache: Path) -> None:
    """A new extract under the old name is a new network."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    source.write_bytes(b"newer roads")
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2


def test_the_name_and_date_of_a_source_do_not_matter(source: Path, cache: Path) -> None:
    """The same content elsewhere is the same network."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    moved = source.rename(source.with_name("moved.osm.pbf"))
    cached_network([moved], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 1


def test_other_speeds_are_built(source: Path, cache: Path) -> None:
    """An override in the tables of speeds changes every time."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    slower = replace(PARAMS, speeds_kph={**PARAMS.speeds_kph, "residential": 20.0})
    cached_network([source], slower, cache_dir=cache, build=build)
    assert build.n_built == 2


def test_an_older_format_is_built(
    source: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache of another version of the program is not read."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    monkeypatch.setattr(network_cache, "FORMAT", network_cache.FORMAT + 1)
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2


def _flip(at: float) -> Callable[[bytes], bytes]:
    def damage(content: bytes) -> bytes:
        i = min(int(at * len(content)), len(content) - 1)
        return content[:i] + bytes([content[i] ^ 0x10]) + content[i + 1 :]

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda content: content[:10], id="only half a checksum"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut off"),
        pytest.param(lambda content: content + b"x", id="too long"),
        pytest.param(lambda content: bytes(len(content)), id="zeros, as after a crash"),
        *(pytest.param(_flip(at), id=f"a bit at {at:.0%}") for at in (0.0, 0.1, 0.5, 0.9, 1.0)),
    ],
)
def test_a_damaged_cache_is_built_again(
    source: Path,
    cache: Path,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
) -> None:
    """Damage is warned of, the network built again, and the cache mended."""
    build = Builder()
    whole = cached_network([source], PARAMS, cache_dir=cache, build=build)
    path = stored(cache)
    path.write_bytes(damage(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        again = cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert "built again" in caplog.text
    assert_equal(whole, again)
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2


def _rewrite(path: Path, **changes: Any) -> None:
    """Change arrays in a cache file and give it a checksum that fits."""
    content = path.read_bytes()[32:]
    with np.load(io.BytesIO(content)) as kept:
        arrays = {name: kept[name] for name in kept.files}
    for name, change in changes.items():
        arrays[name] = change(arrays.get(name))
    packed = io.BytesIO()
    np.savez(packed, **{k: v for k, v in arrays.items() if v is not None})
    checksum = hashlib.blake2b(packed.getvalue(), digest_size=32).digest()
    path.write_bytes(checksum + packed.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"edge_to": lambda a: a[:-1]}, id="an edge too few"),
        pytest.param({"edge_to": lambda a: a + 100}, id="an end that is no node"),
        pytest.param({"edge_from": lambda a: a - 1}, id="a negative end"),
        pytest.param({"reverse": lambda a: a + 100}, id="a way back that is no edge"),
        pytest.param({"shape_offsets": lambda a: a[::-1].copy()}, id="falling offsets"),
        pytest.param({"shape_offsets": lambda a: a + 1}, id="offsets beyond the shapes"),
        pytest.param({"shape_lat": lambda a: a[1:]}, id="a latitude too few"),
        pytest.param({"duration_s_wet": lambda a: a.reshape(2, -1)}, id="a table for a row"),
        pytest.param({"lon": lambda _: None}, id="an array too few"),
        pytest.param({"highway": lambda a: a + 9}, id="an unknown class"),
        pytest.param({"edge_from": lambda a: a.astype(float)}, id="numbers of another kind"),
        pytest.param({"node_ids": lambda _: np.array(7)}, id="a number for an array"),
        pytest.param({"texts": lambda a: a[:-3]}, id="texts cut off"),
        pytest.param(
            {"texts": lambda _: np.frombuffer(b"[]", dtype=np.uint8)}, id="texts of another kind"
        ),
        pytest.param({"extra": lambda _: np.zeros(1)}, id="an array too many"),
    ],
)
def test_a_cache_that_fits_its_checksum_alone_is_built_again(
    source: Path, cache: Path, caplog: pytest.LogCaptureFixture, changes: dict[str, Any]
) -> None:
    """Arrays that do not belong together are not used, whoever made the checksum."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    _rewrite(stored(cache), **changes)
    with caplog.at_level(logging.WARNING):
        cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2
    assert "built again" in caplog.text


def test_a_cache_cannot_run_code(source: Path, cache: Path) -> None:
    """An array of pickled objects, whose loading would run them, is refused unopened."""
    trace = source.with_name("ran")

    class Bomb:
        def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
            return os.mkdir, (str(trace),)

    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    _rewrite(stored(cache), lon=lambda _: np.array([Bomb()], dtype=object))
    assert str(trace).encode() in stored(cache).read_bytes()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2
    assert not trace.exists()


def test_the_cache_of_another_network_is_not_taken(source: Path, cache: Path) -> None:
    """A file that was renamed to this key still says which network it is."""
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    source.write_bytes(b"other roads")
    stored(cache).rename(cache / f"{network_key([source], PARAMS)}.network")
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 2


def test_a_folder_that_cannot_be_written_is_only_warned_of(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a cache the work is done all the same."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    with caplog.at_level(logging.WARNING):
        network = cached_network([source], PARAMS, cache_dir=in_the_way, build=Builder())
    assert network.n_nodes == 9
    assert "could not be cached" in caplog.text


def test_a_write_that_fails_leaves_nothing(
    source: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole or not at all: no half file, neither under its name nor beside it."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    cached_network([source], PARAMS, cache_dir=cache, build=Builder())
    assert list(cache.iterdir()) == []


def test_several_writers_leave_one_whole_cache(source: Path, cache: Path) -> None:
    """Runs at the same time do not write into one another's file."""
    with ThreadPoolExecutor(8) as pool:
        runs = [
            pool.submit(cached_network, [source], PARAMS, cache_dir=cache, build=Builder())
            for _ in range(16)
        ]
        networks = [run.result() for run in runs]
    build = Builder()
    kept = cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 0
    assert stored(cache).suffix == ".network"
    for network in networks:
        assert_equal(network, kept)


def test_the_longest_unused_networks_go(source: Path, cache: Path) -> None:
    """The cache does not grow for ever."""
    for i in range(network_cache.N_KEPT + 3):
        source.write_bytes(b"roads %d" % i)
        cached_network([source], PARAMS, cache_dir=cache, build=Builder())
    assert len(list(cache.iterdir())) == network_cache.N_KEPT
    build = Builder()
    cached_network([source], PARAMS, cache_dir=cache, build=build)
    assert build.n_built == 0


def test_an_absent_source_is_named(tmp_path: Path, cache: Path) -> None:
    """Before anything is built."""
    with pytest.raises(NetworkError, match=r"gone\.osm\.pbf"):
        cached_network([tmp_path / "gone.osm.pbf"], PARAMS, cache_dir=cache, build=Builder())
