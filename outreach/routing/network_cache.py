"""
Keep the built road network on disk, so that the next run has it at once.

A cached network is found by the content of its sources, the parameters and the format, never by
name or date. The file is a checksum and plain NumPy arrays (``.npz``, never pickle, so that
loading it runs nothing); whatever is wrong with it, the network is built again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from outreach.errors import NetworkError
from outreach.progress import SILENT
from outreach.routing.road_network import SEASONS, RoadNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from outreach.progress import Progress
    from outreach.routing.impedance import ImpedanceParams

logger = logging.getLogger(__name__)

FORMAT = 1
"""Raised with every change of what is stored, or of how a network is built."""

N_KEPT = 12
"""Networks kept in the cache folder; the longest unused goes first."""

_SUFFIX = ".network"
_DIGEST_BYTES = 32
_TEXTS = ("highway_classes", "surface_classes", "names", "crs", "key")
_PER_EDGE = (
    "edge_from",
    "edge_to",
    "edge_key",
    "length_m",
    "reverse",
    "highway",
    "surface",
    "name",
    "oneway",
    "against_way",
)


def cached_network(
    sources: Iterable[Path],
    params: ImpedanceParams,
    *,
    cache_dir: Path,
    build: Callable[[], RoadNetwork],
    progress: Progress = SILENT,
) -> RoadNetwork:
    """
    Load the network from the cache, or build it and put it there.

    Parameters
    ----------
    sources
        Files that the network is built from; their content counts, not their names.
    params
        All else that it depends on: speeds, access rules, the wait at ferries.
    cache_dir
        Folder for the cached networks; made when absent.
    build
        Builds the network.

    Returns
    -------
    network
        With `key` set to the hash of sources and params.

    Raises
    ------
    NetworkError
        When a source cannot be read, or as `build` raises it. A cache that cannot be read or
        written is only warned of.
    """
    key = network_key(sources, params)
    path = cache_dir / f"{key}{_SUFFIX}"
    progress("load network", 0, 1)
    network = _load(path, key)
    progress("load network", 1, 1)
    if network is None:
        network = replace(build(), key=key)
        _store(network, path)
    return network


def network_key(sources: Iterable[Path], params: ImpedanceParams) -> str:
    """
    Hash what a network is built from: the content of the files, the parameters, the format.

    Raises
    ------
    NetworkError
        When a file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([FORMAT, params.as_table()], sort_keys=True).encode())
    for source in sources:
        try:
            with source.open("rb") as file:
                content = hashlib.file_digest(file, "blake2b").digest()
        except OSError as error:
            raise NetworkError(
                "%(file)s: cannot be read (%(reason)s); put the roads there",
                file=str(source),
                reason=error.strerror or str(error),
            ) from error
        # The suffix decides how the content is read.
        digest.update(content + "".join(source.suffixes[-2:]).lower().encode())
    return digest.hexdigest()


def _load(path: Path, key: str) -> RoadNetwork | None:
    """Give the stored network; None where there is none that can be trusted."""
    try:
        network = _unpacked(_verified(memoryview(path.read_bytes())))
        _check(network, key)
    except FileNotFoundError:
        return None
    # What a damaged file runs into depends on where it is damaged.
    except (
        OSError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
        BadZipFile,
    ) as error:
        logger.warning("the cached network %s is not used: %s; it is built again", path, error)
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    logger.info("loaded %d nodes, %d edges from the cache", network.n_nodes, network.n_edges)
    return network


def _verified(content: memoryview) -> memoryview:
    checksum, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.blake2b(payload, digest_size=_DIGEST_BYTES).digest() != checksum:
        raise ValueError("its checksum differs")
    return payload


def _store(network: RoadNetwork, path: Path) -> None:
    payload = _packed(network)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, also with several writers: each has a temporary file of its own.
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                file.write(hashlib.blake2b(payload, digest_size=_DIGEST_BYTES).digest())
                file.write(payload)
                file.close()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _prune(path.parent)
    except OSError as error:
        logger.warning("the network could not be cached in %s: %s", path.parent, error)


def _prune(folder: Path) -> None:
    kept = []
    for path in folder.glob(f"*{_SUFFIX}"):
        # Another run may have removed it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            kept.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(kept, reverse=True)[N_KEPT:]:
        path.unlink(missing_ok=True)


def _packed(network: RoadNetwork) -> bytes:
    arrays: dict[str, NDArray[Any]] = {
        f"duration_s_{season}": network.duration_s[season] for season in SEASONS
    }
    for field in fields(network):
        value = getattr(network, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
    texts = json.dumps({name: getattr(network, name) for name in _TEXTS})
    arrays["texts"] = np.frombuffer(texts.encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def _unpacked(payload: memoryview) -> RoadNetwork:
    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        values: dict[str, Any] = {name: stored[name] for name in stored.files}
    texts = json.loads(values.pop("texts").tobytes())
    values |= {k: tuple(v) if isinstance(v, list) else v for k, v in texts.items()}
    values["duration_s"] = {season: values.pop(f"duration_s_{season}") for season in SEASONS}
    return RoadNetwork(**values)


def _check(network: RoadNetwork, key: str) -> None:
    """
    See that the arrays belong together, whoever wrote them.

    Raises
    ------
    ValueError
        Naming what does not fit.
    """
    n, m = network.n_nodes, network.n_edges
    sizes = dict.fromkeys(_PER_EDGE, m) | {
        "lon": n,
        "lat": n,
        "is_main": n,
        "shape_offsets": m + 1,
        "way_offsets": m + 1,
        "shape_lat": len(network.shape_lon),
    }
    durations = [network.duration_s[season] for season in SEASONS]
    ranges = (
        ("edge_from", 0, n),
        ("edge_to", 0, n),
        ("reverse", -1, m),
        ("highway", 0, len(network.highway_classes)),
        ("surface", -1, len(network.surface_classes)),
        ("name", -1, len(network.names)),
    )
    wrong = [name for name, size in sizes.items() if getattr(network, name).shape != (size,)]
    wrong += ["duration_s" for duration in durations if duration.shape != (m,)]
    if wrong:
        raise ValueError(f"wrong shape of {', '.join(wrong)}")
    for name, least, stop in ranges:
        values = getattr(network, name)
        if not np.issubdtype(values.dtype, np.integer) or (
            m and (values.min() < least or values.max() >= stop)
        ):
            wrong.append(name)
    for name, of in (("shape_offsets", network.shape_lon), ("way_offsets", network.way_ids)):
        offsets = getattr(network, name)
        if offsets[0] != 0 or offsets[-1] != len(of) or (np.diff(offsets) < 0).any():
            wrong.append(name)
    texts = (network.crs, *network.highway_classes, *network.surface_classes, *network.names)
    if network.key != key or not all(isinstance(text, str) for text in texts):
        wrong.append("texts")
    if wrong:
        raise ValueError(f"impossible values of {', '.join(wrong)}")
