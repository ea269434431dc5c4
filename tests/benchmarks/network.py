"""
Extract → MultiDiGraph: our reader, our cache, and osmnx alone on the same file.

osmnx reads no PBF: pyosmium first writes the roads as OSM XML for it, and its graph has no travel
times, which ours has. Every figure is the least of several runs that take turns, each in a
process of its own, with the libraries loaded before the clock starts. GraphML is read by osmnx in
both cases; there the difference is what the times and the arrays cost.
"""

from __future__ import annotations

import gzip
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.layers.osm_extract import HIGHWAYS
from outreach.layers.roads import read_roads
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import build_network, to_graph
from outreach.routing.network_cache import cached_network

if TYPE_CHECKING:
    import argparse

    import networkx as nx

    from outreach.routing.network import RoadNetwork

ROOT = Path(__file__).resolve().parents[2]
EXTRACTS = ROOT.parent / "shared" / "data" / "osm"
TASKS = ("built", "arrays", "graph", "osmnx")
LIBRARIES = ("networkx", "osmium", "pandas", "scipy.sparse.csgraph", "shapely")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which files, and how often."""
    parser.add_argument("files", nargs="*", type=Path, help="extracts; default: the shared ones")
    parser.add_argument("--repeat", type=int, default=3, help="paired runs; the least counts")
    parser.add_argument("--without-osmnx", action="store_true", help="measure ours only")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Measure each file; one row each."""
    files = args.files or sorted(p for p in EXTRACTS.iterdir() if p.suffix in {".pbf", ".gz"})
    tasks = TASKS[:-1] if args.without_osmnx else TASKS
    rows = []
    for file in files:
        with tempfile.TemporaryDirectory() as cache:
            _run_alone("fill", file, cache)
            runs = [
                {task: _run_alone(task, file, cache) for task in tasks} for _ in range(args.repeat)
            ]
        rows.append(_row(file, tasks, runs))
    return rows


def _row(
    file: Path, tasks: tuple[str, ...], runs: list[dict[str, dict[str, float]]]
) -> dict[str, object]:
    seconds = {task: min(r[task]["seconds"] for r in runs) for task in tasks}
    row: dict[str, object] = {
        "file": file.name,
        "nodes": int(runs[0]["built"]["n_nodes"]),
        "edges": int(runs[0]["built"]["n_edges"]),
        "built_s": seconds["built"],
        "cached_arrays_s": seconds["arrays"],
        "cached_graph_s": seconds["graph"],
    }
    if "osmnx" in tasks:
        row["osmnx_s"] = seconds["osmnx"]
        row["times_faster"] = seconds["osmnx"] / seconds["built"]
    row |= {f"{task}_mb": max(r[task]["peak_mb"] for r in runs) for task in tasks}
    return row


def _run_alone(task: str, file: Path, cache: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.network", task, str(file.resolve()), cache]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{task} of {file} failed:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _measure(task: str, file: Path, cache: Path) -> dict[str, float]:
    """Do one task in this process, and tell its time and the peak memory."""
    for library in LIBRARIES:
        importlib.import_module(library)
    if task == "osmnx" or ".graphml" in file.suffixes:
        importlib.import_module("osmnx")
    began = time.perf_counter()
    if task == "osmnx":
        graph = _by_osmnx(file)
        n_nodes, n_edges = len(graph), graph.number_of_edges()
    else:
        network = _built(file) if task == "built" else _cached(file, cache)
        n_nodes, n_edges = network.n_nodes, network.n_edges
        if task != "arrays":
            graph = to_graph(network, "dry")
    return {
        "seconds": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "n_nodes": n_nodes,
        "n_edges": n_edges,
    }


def _built(file: Path) -> RoadNetwork:
    return build_network(read_roads(file), impedance=ImpedanceParams())


def _cached(file: Path, cache: Path) -> RoadNetwork:
    return cached_network([file], ImpedanceParams(), cache_dir=cache, build=lambda: _built(file))


def _by_osmnx(file: Path) -> nx.MultiDiGraph:
    import osmnx as ox

    if ".graphml" in file.suffixes:
        return ox.load_graphml(graphml_str=gzip.decompress(file.read_bytes()).decode())
    with tempfile.TemporaryDirectory() as folder:
        roads = Path(folder) / "roads.osm"
        _write_roads(file, roads)
        return ox.graph_from_xml(roads, simplify=True, retain_all=True)


def _write_roads(file: Path, roads: Path) -> None:
    """Copy the ways that we read, and their nodes, as OSM XML."""
    import osmium

    ways = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway", "route")
    )
    with osmium.BackReferenceWriter(str(roads), ref_src=file, overwrite=True) as writer:
        for way in ways:
            tag = way.tags.get
            is_road = tag("highway") in HIGHWAYS or tag("route") == "ferry"
            if is_road and tag("area") != "yes":
                writer.add(way)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
