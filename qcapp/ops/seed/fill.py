"""Fills an empty database: people, clients, calls, transcripts with their search index, reviews."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client
from qcapp.checklists import card_files
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.queries import versions_in_force
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.ops.seed import calls, reviews, staff, transcripts
from qcapp.ops.seed.bulk import Bulk
from qcapp.ops.seed.figures import SeedFigures, draw
from qcapp.ops.seed.scoring import Forms
from qcapp.ops.seed.words import Pool

Say = Callable[[str], object]


def fill(
    database: Database, *, calls_wanted: int, reviews_wanted: int, seed: int, cards: Path, say: Say = print
) -> None:
    """Write everything in one transaction, so that a fault leaves the database empty.

    ``cards``: the folder of checklists that are loaded if the database has none in force.
    """
    random = np.random.default_rng(seed)
    with database.transaction() as session:
        _demand_empty(session)
        people = staff.hire(session, calls_wanted)
        versions = _versions_in_force(session, cards)
        figures = draw(random, calls_wanted, len(people.managers), clock.now())
        _demand_enough(figures, reviews_wanted)
        source_id = calls.source(session)
        bulk = Bulk(session.connection())
        say(f"{calls_wanted} calls of {len(people.managers)} managers …")
        chosen = reviews.choose(random, figures, reviews_wanted)
        scored_at = reviews.moments(random, figures, chosen)
        calls.write(bulk, figures, people, source_id, scored_at)
        say(f"{int(figures.transcribed.sum())} transcripts …")
        transcripts.write(bulk, random, figures, people, Pool.generate(random))
        say(f"{reviews_wanted} reviews …")
        forms = Forms(random, versions)
        reviews.write(bulk, random, figures, people, forms=forms, chosen=chosen, scored_at=scored_at)
        bulk.finish()
    _refresh_statistics(database)


def _demand_empty(session: Session) -> None:
    if session.scalar(select(exists().where(Call.id > 0) | exists().where(Client.id > 0))):
        raise Refused(
            _("This database has calls already. Only an empty one can be filled with generated data.")
        )


def _demand_enough(figures: SeedFigures, reviews_wanted: int) -> None:
    possible = int(reviews.reviewable(figures).sum())
    if reviews_wanted > possible:
        raise Refused(
            _(
                "Of these calls only %(num)d have a transcript; ask for fewer reviews or more calls.",
                num=possible,
            )
        )


def _versions_in_force(session: Session, cards: Path) -> list[ChecklistVersion]:
    if not versions_in_force(session):
        for file in sorted(cards.glob("*.yaml")):
            load_card(session, card_files.read_card(file), by=None)
    found = versions_in_force(session)
    if not found:
        raise Refused(_("There are no checklists in %(folder)s and none in force.", folder=cards))
    for version in found:
        version.used_at = version.used_at or clock.now()
    session.flush()
    return found


def _refresh_statistics(database: Database) -> None:
    """As autovacuum would in a while: until then the planner knows only that the tables are empty."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # SQLite chooses better by its own rules of thumb
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
