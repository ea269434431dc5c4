"""Everything for one worker in one locked file: the passphrases, the stages, the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.archive import PLANS_FOLDER, load_plan
from outreach.drawing import lay_out
from outreach.errors import ConfigError, Message
from outreach.packed import PACKED_FILE, Packed
from outreach.pipeline import prepare_network, words_for
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from outreach.config import Config
    from outreach.output.words import Words
    from outreach.privacy import Passphrase
    from outreach.progress import Progress

PACK_FOLDER = "packs"
# About as long as five short words.
_SAFE_CHARACTERS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """The packs that were written, and the passphrases that were made for them, shown once."""

    paths: tuple[Path, ...]
    generated: Mapping[str, Passphrase]
    is_locked: bool
    warnings: tuple[Message, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the files, and the passphrase of each worker."""
        return {
            "files": [str(path) for path in self.paths],
            "passphrases": {key: value.reveal() for key, value in self.generated.items()},
            "warnings": [str(warning) for warning in self.warnings],
        }

    def as_text(self, words: Words) -> str:
        """Write where the packs lie, and the passphrases."""
        if not self.paths:
            return words.say("No pack is to be made again: everybody has the days of this plan.")
        lines = []
        if self.generated:
            lines.append(
                words.say(
                    "Passphrases, shown this once and kept nowhere; tell each worker's by mouth:"
                )
            )
            width = max(map(len, self.generated))
            lines += [f"  {key:<{width}}  {x.reveal()}" for key, x in self.generated.items()]
        lines += [words.say(warning) for warning in self.warnings]
        if not self.is_locked:
            lines.append(
                words.say(
                    "These packs are not locked: whoever finds one reads where children live."
                )
            )
        folder = min((path.parent for path in self.paths), key=lambda p: len(p.parts))
        lines.append(words.say("Files are in %(folder)s", folder=str(folder)))
        return "\n".join(lines)


def make_packs(
    config: Config,
    *,
    workers: Sequence[str] = (),
    passphrase: Passphrase | None = None,
    is_locked: bool = True,
    only_changed: bool = False,
    progress: Progress = SILENT,
) -> PackReport:
    """
    Make a pack for each worker from plan.json.

    Each tells what is other than in the pack that the worker has.

    Parameters
    ----------
    workers
        Whose packs are made; everybody's by default.
    passphrase
        Locks every pack; by default each has a passphrase of its own, made by lot.
    is_locked
        Whether to lock at all.
    only_changed
        Leave out those who have the pack of these days already.

    Raises
    ------
    ConfigError
        When there is no plan, or a worker is not in it.
    """
    from outreach.output.itinerary import worker_ids
    from outreach.output.pack import write_packs
    from outreach.privacy import generate_passphrase

    plan = load_plan(config)
    known = worker_ids(plan)
    strange = [worker_id for worker_id in workers if worker_id not in known]
    if strange:
        raise ConfigError(
            "the plan has no worker %(strange)s; it has %(known)s",
            strange=", ".join(strange),
            known=", ".join(known),
        )
    folder = config.out / PACK_FOLDER
    packed = Packed(config.out / PLANS_FOLDER / PACKED_FILE)
    chosen = tuple(dict.fromkeys(workers)) or known
    if only_changed:
        others = packed.others(plan)
        chosen = tuple(worker_id for worker_id in chosen if worker_id in others)
    if not chosen:
        return PackReport(paths=(), generated={}, is_locked=is_locked)
    generated: dict[str, Passphrase] = {}
    passphrases: dict[str, Passphrase] = {}
    if is_locked and passphrase is not None:
        passphrases = dict.fromkeys(chosen, passphrase)
    elif is_locked:
        passphrases = generated = {worker_id: generate_passphrase() for worker_id in chosen}
    warnings = _doubts(chosen, passphrase) if is_locked and passphrase is not None else ()
    network = prepare_network(config, progress=progress)
    drawn = lay_out(config, plan, network, progress=progress)
    if drawn.before is not None:
        held = packed.held(drawn.before.earlier, chosen)
        drawn = replace(drawn, before=replace(drawn.before, held=held))
    paths = write_packs(
        drawn,
        words_for(config),
        folder,
        workers=chosen,
        passphrases=passphrases,
        progress=progress,
    )
    packed.remember(plan, chosen)
    return PackReport(paths=paths, generated=generated, is_locked=is_locked, warnings=warnings)


def _doubts(workers: Sequence[str], passphrase: Passphrase) -> tuple[Message, ...]:
    doubts = []
    if len(workers) > 1:
        doubts.append(
            Message(
                "One passphrase locks all these packs, so each of these %(n)d workers can open the"
                " others' too; give --worker, or let outreach choose.",
                {"n": len(workers)},
            )
        )
    if len(passphrase.reveal()) < _SAFE_CHARACTERS:
        doubts.append(
            Message(
                "This passphrase is short for a ZIP, where a guess costs little: take five words"
                " or more.",
                {},
            )
        )
    return tuple(doubts)
