"""
Keep the prepared lines of the background on disk, so that the next run has them at once.

A file is found by what its lines were made of. It is a checksum and plain NumPy arrays
(``.npz``, never pickle, so that loading it runs nothing); whatever is wrong with it, the lines are
made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from outreach.errors import ExportError
from outreach.output.basemap_lines import Roads
from outreach.output.files import write_bytes_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

logger = logging.getLogger(__name__)

FORMAT = 1
"""Raised with every change of what is stored, or of how lines are prepared."""

N_KEPT = 12
"""Backgrounds kept in the cache folder; the longest unused goes first."""

_SUFFIX = ".basemap"
_DIGEST_BYTES = 32


def cached_roads(key: str, *, cache_dir: Path, build: Callable[[], Roads]) -> Roads:
    """
    Load prepared lines from the cache, or make them and put them there.

    Parameters
    ----------
    key
        Hash of all that they are made of.
    cache_dir
        Made when absent. A cache that cannot be written is only warned of.
    build
        Makes them.
    """
    path = cache_dir / f"{key}-{FORMAT}{_SUFFIX}"
    roads = _load(path)
    if roads is None:
        roads = build()
        _store(roads, path)
    return roads


def _load(path: Path) -> Roads | None:
    """Give what is stored; None where there is nothing that can be trusted."""
    try:
        roads = _unpacked(_verified(path.read_bytes()))
    except FileNotFoundError:
        return None
    # What a damaged file runs into depends on where it is damaged.
    except (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile) as error:
        logger.info("the cached background %s is not used: %s; it is made again", path, error)
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    logger.info("loaded %d lines and %d names from the cache", len(roads.lines), len(roads.places))
    return roads


def _store(roads: Roads, path: Path) -> None:
    payload = _packed(roads)
    try:
        write_bytes_whole(path, _checksum(payload) + payload)
        _prune(path.parent)
    except (ExportError, OSError) as error:
        logger.warning("the background could not be cached: %s", error)


def _prune(folder: Path) -> None:
    kept = []
    for path in folder.glob(f"*{_SUFFIX}"):
        # Another run may have removed it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            kept.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(kept, reverse=True)[N_KEPT:]:
        path.unlink(missing_ok=True)


def _verified(content: bytes) -> bytes:
    checksum, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if _checksum(payload) != checksum:
        raise ValueError("its checksum differs")
    return payload


def _checksum(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST_BYTES).digest()


def _packed(roads: Roads) -> bytes:
    import numpy as np
    import shapely

    vertices, line_of = shapely.get_coordinates(roads.lines, return_index=True)
    names, codes = np.unique(roads.classes.astype(str), return_inverse=True)
    texts = json.dumps({"names": names.tolist(), "places": roads.places, "crs": roads.crs})
    packed = io.BytesIO()
    np.savez(
        packed,
        vertices=vertices,
        line_of=line_of.astype(np.int64),
        codes=codes.astype(np.int16),
        texts=np.frombuffer(texts.encode(), dtype=np.uint8),
    )
    return packed.getvalue()


def _unpacked(payload: bytes) -> Roads:
    import numpy as np
    import shapely

    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        texts = json.loads(stored["texts"].tobytes())
        codes = stored["codes"]
        lines = shapely.linestrings(
            stored["vertices"],
            indices=stored["line_of"],
            out=np.empty(len(codes), dtype=object),
        )
    return Roads(
        lines=lines,
        classes=np.array(texts["names"], dtype=object)[codes],
        places=tuple((name, kind, lon, lat) for name, kind, lon, lat in texts["places"]),
        crs=texts["crs"],
    )
