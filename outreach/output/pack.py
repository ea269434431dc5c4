"""A worker's pack: everything for one worker, locked, in one ZIP and one page."""

from __future__ import annotations

import logging
import zipfile
from typing import TYPE_CHECKING

from outreach.errors import ExportError
from outreach.output.agenda import agenda_of
from outreach.output.files import write_bytes_whole, write_whole
from outreach.output.gpx import gpx_files
from outreach.output.itinerary import worker_ids
from outreach.output.kml import kml_of
from outreach.output.locked import sealer, write_locked_zip
from outreach.output.names import file_names
from outreach.output.page import is_own_page
from outreach.output.print_pdf import itinerary_pdf
from outreach.output.workbook import worker_workbook
from outreach.output.write import clear, worker_page
from outreach.privacy import lock_xlsx
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from outreach.output.words import Words
    from outreach.output.write import Drawn
    from outreach.privacy import Passphrase
    from outreach.progress import Progress

logger = logging.getLogger(__name__)

_STAGE = "packs"


def write_packs(
    drawn: Drawn,
    words: Words,
    folder: Path,
    *,
    workers: Sequence[str],
    passphrases: Mapping[str, Passphrase],
    progress: Progress = SILENT,
) -> tuple[Path, ...]:
    """
    Write ``<worker>.zip`` and ``locked-<worker>.html`` for each worker.

    The page lies beside the archive too, since it opens on a phone that has no program for
    locked archives. When everybody's packs are made, those of workers who are gone are removed.

    Parameters
    ----------
    drawn
        The plan, laid out.
    words
        The readers' language.
    folder
        Where the packs land.
    workers
        Whose packs are made.
    passphrases
        What locks page, workbook and archive, by worker; without one they lie open.

    Raises
    ------
    ExportError
        When a file cannot be written; then none of these packs is left.
    """
    names = file_names(worker_ids(drawn.plan))
    packs = {}
    for n_done, worker_id in enumerate(workers):
        progress(_STAGE, n_done, len(workers))
        passphrase = passphrases.get(worker_id)
        packs[worker_id] = pack_files(drawn, worker_id, words, passphrase=passphrase)
    progress(_STAGE, len(workers), len(workers))
    written: list[Path] = []
    try:
        for worker_id, files in packs.items():
            passphrase = passphrases.get(worker_id)
            page = _page_name(names[worker_id], is_locked=passphrase is not None)
            write_bytes_whole(folder / page, files[page])
            written.append(folder / page)
            archive = folder / f"{names[worker_id]}.zip"
            if passphrase is None:
                _write_zip(files, archive)
            else:
                write_locked_zip(files, archive, passphrase)
            written.append(archive)
    except ExportError:
        # Nobody will be told the passphrases of these.
        for path in written:
            path.unlink(missing_ok=True)
        raise
    if set(workers) == set(names):
        for pages in ("worker-*.html", "locked-*.html"):
            clear(folder.glob(pages), is_own_page, written)
        clear(folder.glob("*.zip"), _is_own_zip, written)
    logger.info("packed %d workers into %s", len(workers), folder)
    return tuple(written)


def _page_name(name: str, *, is_locked: bool) -> str:
    # Who sends a file picks it by its name, and an open one must not be taken for a locked one.
    return f"locked-{name}.html" if is_locked else f"worker-{name}.html"


def _write_zip(files: Mapping[str, bytes], path: Path) -> None:
    with write_whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Equal plans give equal bytes, whenever they are packed.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _is_own_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            pages = {_page_name(path.stem, is_locked=locked) for locked in (True, False)}
            return not pages.isdisjoint(archive.namelist())
    except zipfile.BadZipFile:
        return False


def pack_files(
    drawn: Drawn, worker_id: str, words: Words, *, passphrase: Passphrase | None
) -> dict[str, bytes]:
    """Make the files of a worker's pack, by name; page and workbook locked by a passphrase."""
    plan, traces = drawn.plan, drawn.traces
    name = file_names(worker_ids(plan))[worker_id]
    seal = None if passphrase is None else sealer(passphrase)
    before = drawn.before
    book = worker_workbook(plan, worker_id, words, before=before)
    return {
        _page_name(name, is_locked=passphrase is not None): worker_page(
            drawn, worker_id, words, seal=seal
        ).encode(),
        f"{name}.pdf": itinerary_pdf(
            plan,
            traces,
            words,
            worker_id=worker_id,
            roads=drawn.roads,
            look=drawn.look,
            ways=drawn.ways,
            before=before,
        ),
        f"{name}.xlsx": book if passphrase is None else lock_xlsx(book, passphrase),
        f"{name}.kml": kml_of(plan, traces, worker_id, words),
        f"{name}.ics": agenda_of(
            plan, worker_id, words, earlier=() if before is None else before.earlier
        ),
        **{f"gpx/{file}": gpx for file, gpx in gpx_files(plan, traces, worker_id, words).items()},
    }
