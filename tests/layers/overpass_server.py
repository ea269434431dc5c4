"""A map server on 127.0.0.1 that knows one tiny town, and fails as it is told."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from shapely import box

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA = box(103.59, -1.62, 103.63, -1.58)

# A street 1-2-3, whose second half is laterite; a one-way 3-4; a private road 2-5; a ferry 4-6
# over the river; a one-way motorway 1-4; and a track 6-7 on the other bank.
NODES = {
    1: (103.600, -1.600),
    2: (103.605, -1.600),
    3: (103.610, -1.600),
    4: (103.610, -1.605),
    5: (103.605, -1.595),
    6: (103.610, -1.610),
    7: (103.615, -1.610),
}
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    101: ([1, 2], {"highway": "residential", "surface": "asphalt", "name": "Jalan Satu"}),
    102: ([2, 3], {"highway": "residential", "surface": "laterite", "name": "Jalan Dua"}),
    103: ([3, 4], {"highway": "primary", "oneway": "yes", "maxspeed": "40"}),
    104: ([2, 5], {"highway": "service", "access": "private"}),
    105: ([4, 6], {"route": "ferry"}),
    106: ([1, 4], {"highway": "motorway", "oneway": "yes"}),
    107: ([6, 7], {"highway": "track", "tracktype": "grade5"}),
}

FAULTS = (
    "busy",
    "overloaded",
    "hang",
    "reset",
    "cut off",
    "half a JSON",
    "page",
    "remark",
    "empty",
    "no roads",
)
"""What may go wrong; `hang` needs a client that gives up within 5 seconds."""

Answer = tuple[int, dict[str, str], bytes]


@dataclass(slots=True)
class Asked:
    """One request as it came in."""

    path: str
    fields: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(slots=True)
class TownServer:
    """
    What the server was asked, and how it shall fail.

    `faults` are used up from the front, one for each request to Overpass; afterwards `always`
    holds, None being none. `place_faults` are the same for Nominatim.
    """

    url: str
    asked: list[Asked] = field(default_factory=list)
    faults: list[str | None] = field(default_factory=list)
    place_faults: list[str | None] = field(default_factory=list)
    always: str | None = None
    retry_after: str = ""
    has_ferry: bool = True
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def overpass_url(self) -> str:
        """Base address of its Overpass."""
        return f"{self.url}/api"

    @property
    def roads_asked(self) -> list[Asked]:
        """All requests to Overpass."""
        return [asked for asked in self.asked if asked.path == "/api/interpreter"]

    def roads(self, query: str) -> bytes:
        """Answer an Overpass query for highways or for ferries."""
        wanted = "highway" if "highway" in query else "route"
        ways = {
            number: way
            for number, way in WAYS.items()
            if wanted in way[1] and (self.has_ferry or wanted == "highway")
        }
        used = sorted({node for nodes, _ in ways.values() for node in nodes})
        elements: list[dict[str, Any]] = [
            {"type": "node", "id": node, "lon": NODES[node][0], "lat": NODES[node][1]}
            for node in used
        ]
        elements += [
            {"type": "way", "id": number, "nodes": nodes, "tags": tags}
            for number, (nodes, tags) in ways.items()
        ]
        return json.dumps({"version": 0.6, "elements": elements}).encode()

    def answer(self, fault: str | None, good: bytes) -> Answer | None:
        """Give the answer that `fault` makes of a good one; None cuts the connection."""
        if fault == "hang":
            self.released.wait(5)
        remark = json.dumps({"remark": "runtime error: Query run out of memory"}).encode()
        retry = {"Retry-After": self.retry_after} if self.retry_after else {}
        answers: dict[str | None, Answer] = {
            None: (200, {}, good),
            "busy": (429, retry, b"<html>Too Many Requests</html>"),
            "overloaded": (504, {}, b"<html>Gateway Timeout</html>"),
            "refused": (403, {}, b"<html>Forbidden</html>"),
            "cut off": (200, {"Content-Length": str(len(good))}, good[: len(good) // 2]),
            "half a JSON": (200, {}, good[: len(good) // 2]),
            "page": (200, {"Content-Type": "text/html"}, b"\n<!DOCTYPE html><p>Maintenance</p>"),
            "remark": (200, {}, good[:-1] + b", " + remark[1:]),
            "empty": (200, {}, b'{"elements": []}'),
            "no roads": (200, {}, b'{"osm3s": {}}'),
        }
        return answers.get(fault)


@contextlib.contextmanager
def town_server() -> Iterator[TownServer]:
    """Run the server until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fields = self._note(parts.path, parts.query)
            fault = town.place_faults.pop(0) if town.place_faults else None
            self._send(town.answer(fault, _places(fields["q"][0])))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = self._note(self.path, body)
            fault = town.faults.pop(0) if town.faults else town.always
            self._send(town.answer(fault, town.roads(fields["data"][0])))

        def _note(self, path: str, text: str) -> dict[str, list[str]]:
            fields = parse_qs(text)
            town.asked.append(Asked(path=path, fields=fields, headers=dict(self.headers)))
            return fields

        def _send(self, answer: Answer | None) -> None:
            self.close_connection = True
            if answer is None:
                return
            status, headers, body = answer
            self.send_response(status)
            headers = {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            } | headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        town = TownServer(url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield town
        finally:
            town.released.set()
            server.shutdown()
            thread.join()


def _places(name: str) -> bytes:
    """Know the town by its outline, and its market by a point."""
    shapes: dict[str, dict[str, Any]] = {
        "Kota Kecil, Indonesia": AREA.__geo_interface__,
        "Pasar Kecil": {"type": "Point", "coordinates": [103.6, -1.6]},
    }
    if name not in shapes:
        return b"[]"
    place = {
        "display_name": name,
        "importance": 0.5,
        "lat": "-1.6",
        "lon": "103.6",
        "boundingbox": ["-1.62", "-1.58", "103.59", "103.63"],
        "geojson": shapes[name],
    }
    return json.dumps([place]).encode()
