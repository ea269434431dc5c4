"""How long visits take by the log, beside what the categories say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.ground import read_ground
from outreach.logbook import LOG_FILE, read_logbook

if TYPE_CHECKING:
    from outreach.config import Config
    from outreach.output.log_told import LearnedReport


def learned_times(config: Config) -> LearnedReport:
    """
    Learn how long visits take from all that the log holds.

    Raises
    ------
    LayerError
        When the log or a table cannot be read.
    """
    from outreach.layers.learned import learn
    from outreach.layers.log import standing
    from outreach.output.log_told import LearnedReport

    people = read_ground(config, with_log=False).layers["beneficiaries"].rows
    return LearnedReport(
        learned=learn(
            standing(read_logbook(config.folder / LOG_FILE)),
            dict(zip(people["id"], people["category"], strict=True)),
            config.presets,
            learn_from=config.log.learn_from,
            least_share=config.log.least_share,
        ),
        learn_from=config.log.learn_from,
        is_used=config.log.service_minutes == "learned",
    )
