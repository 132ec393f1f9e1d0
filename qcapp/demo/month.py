"""The weeks of the demo that nobody can listen to: calls whose sound has been erased, with their texts and scores.

They give the results their numbers. The services of the product do everything, each thing at its moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.import_service import CallDetails, source_named
from qcapp.calls.models import Call, Source
from qcapp.checklists.card import Card
from qcapp.checklists.models import Checklist
from qcapp.checklists.queries import card_of, checklist_by_key, version_by_number
from qcapp.checklists.scoring import Answer
from qcapp.core import clock
from qcapp.core.periods import Unit, midnight, unit_of
from qcapp.demo.calendar import ZONE, Calendar
from qcapp.demo.cast import SELLS
from qcapp.demo.coached import tell_talk
from qcapp.demo.story import Story
from qcapp.demo.talks import Talk, Writer
from qcapp.demo.unheard import let_go_of_sound, said_by_exchange, take_in
from qcapp.people.models import User
from qcapp.reviews import cards, service
from qcapp.reviews.disputes.rules import ContestedAnswer, Decision, Ruling
from qcapp.reviews.disputes.service import decide_dispute, open_dispute
from qcapp.reviews.models import Review
from qcapp.reviews.rules import ReviewDraft
from qcapp.terms import LeadSource

WORDS = Path(__file__).with_name("month.yaml")
SOURCE = "Примеры без звука"
REVIEWERS = ("qc", "qc2")
HOURS = (10, 11, 12, 14, 15, 16, 17)
DISPUTE_HOURS = 48
NEWEST = 5  # reviews of every group are published in this month, whichever day it is
RECENT = timedelta(days=21)
CLIENTS = 8  # whom a manager calls again and again
OUTCOMES = {"dated": "next_step", "undated": "thinking", "none": "no_need"}


def words() -> dict[str, Any]:
    """What is said and written in the month."""
    text = WORDS.read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (keeps «yes» a text)
    return read


@dataclass(frozen=True)
class Planned:
    """A call that is going to be made; ``far``: how far its manager has come by then, from 0 to 1."""

    number: int
    far: float
    started_at: datetime
    published_at: datetime


@dataclass(frozen=True)
class MonthGroup:
    """Calls of one manager that are compared with each other."""

    manager: User
    checklist: Checklist
    card: Card
    lead: LeadSource
    client: Mapping[str, list[str]]
    writer: Writer

    @property
    def extension(self) -> str:
        return self.manager.extensions[0].number

    def details(self, planned: Planned) -> CallDetails:
        """Whom the call is with: somebody new, or a client that is called for the second time or later."""
        again = self.lead is LeadSource.EXISTING
        who, name = self.client["who"], self.client["name"]
        place = planned.number % CLIENTS if again else planned.number
        return CallDetails(
            started_at=planned.started_at,
            lead_source=self.lead,
            contact_no=2 + planned.number // CLIENTS if again else 1,
            company=f"{who[place % len(who)]} {name[place % len(name)]}",
        )

    def number(self, planned: Planned) -> str:
        place = planned.number % CLIENTS if self.lead is LeadSource.EXISTING else planned.number
        return f"7946{list(LeadSource).index(self.lead)}{self.extension}{place:03d}"


class Month:
    """What happened to the calls of some groups."""

    def __init__(self, session: Session, users: Mapping[str, User], calendar: Calendar) -> None:
        self.session, self.users, self.calendar = session, users, calendar
        self.story, self._words, self._now = Story(), words(), clock.now()
        self._source: Source = source_named(session, SOURCE, str(ZONE), 0)
        self._calls: list[Call] = []
        self._disputed: list[Mapping[str, str]] = []

    def run(self) -> int:
        """Let everything happen; how many calls there were."""
        self.story.happen()
        let_go_of_sound(self.session, self._calls)
        return len(self._calls)

    def add(self, told: Mapping[str, Any]) -> None:
        """A group as month.yaml tells of it."""
        manager, checklist = self.users[told["manager"]], checklist_by_key(self.session, told["card"])
        sells = SELLS[manager.team.name if manager.team else ""]
        names = self._words["firms"][sells] | {"me": manager.name}
        seed = f"{manager.login} {told['since']}"
        group = MonthGroup(
            manager,
            checklist,
            card_of(version_by_number(self.session, checklist, None)),
            LeadSource(told["lead"]),
            self._words["clients"][sells],
            Writer(self._words, told, names, seed),
        )
        for planned in plan(told, self.calendar, self._now, seed):
            self.story.at(planned.published_at, partial(self._score, group, planned))

    def _score(self, group: MonthGroup, planned: Planned) -> None:
        talk = group.writer.write(group.card, planned.far)
        call = self._call(group, planned, talk)
        reviewer = self.users[REVIEWERS[planned.number % len(REVIEWERS)]]
        review = service.begin_review(self.session, call, group.checklist, by=reviewer)
        spent_s = round(talk.length_s * 2.4) + 40 + planned.number % 3 * 25
        review.created_at -= timedelta(seconds=spent_s)
        draft = ReviewDraft(
            revision=review.revision,
            window="demo",
            turn=review.turn + 1,
            answers=talk.answers,
            marks=tuple(talk.marks),
            summary=talk.summary,
            spent_s=spent_s,
            outcome=OUTCOMES[talk.answers["next_step"].value],
        )
        service.save_draft(self.session, review, draft, by=reviewer)
        service.publish_review(self.session, review, by=reviewer)
        self._follow(review, group.manager)

    def _call(self, group: MonthGroup, planned: Planned, talk: Talk) -> Call:
        external_id = f"{int(planned.started_at.timestamp())}.{group.extension}"
        facts = said_by_exchange(external_id, group.extension, group.number(planned), talk.length_s)
        with clock.at(planned.started_at + timedelta(seconds=talk.length_s)):
            call = take_in(self.session, self._source, talk, group.details(planned), facts)
        self._calls.append(call)
        return call

    def _follow(self, review: Review, manager: User) -> None:
        """The manager reads it, or disputes it first."""
        now = clock.now()
        for told in self._words["disputes"]:
            given = cards.answers_of(review).get(told["item"], Answer()).value
            if told not in self._disputed and told["manager"] == manager.login and given == "no":
                self._disputed.append(told)
                self.story.at(now + timedelta(hours=4), partial(self._dispute, review, manager, told))
        self.story.at(
            now + timedelta(hours=20), partial(service.acknowledge, self.session, review, by=manager)
        )

    def _dispute(self, review: Review, manager: User, told: Mapping[str, str]) -> None:
        asked = [ContestedAnswer(told["item"], "yes", told["comment"])]
        dispute = open_dispute(self.session, review, asked, DISPUTE_HOURS, by=manager)
        ruling = Ruling(Decision(told["decision"]), told["reason"])
        rulings = {each.id: ruling for each in dispute.answers}
        decided = clock.now() + timedelta(hours=22)
        self.story.at(
            decided, partial(decide_dispute, self.session, dispute, rulings, by=self.users["qclead"])
        )


def plan(told: Mapping[str, Any], calendar: Calendar, now: datetime, seed: str) -> Iterator[Planned]:
    """The calls of a group, evenly over working days; each is scored on the next one.

    The newest ones are scored in this month, however young it is, so that its page of results shows numbers.
    """
    random = Random(seed)  # noqa: S311 (the time of an invented call is no secret)
    calls, every = int(told["calls"]), float(told["every"])
    month = midnight(unit_of(Unit.MONTH, now.astimezone(ZONE).date()).first, ZONE)
    first = calendar.day(told["since"]).astimezone(ZONE).date()
    days = np.busday_offset([first], np.arange(calls * 2 + 2), roll="forward").astype(object)
    for number in range(calls):
        place, left = int(number * every), calls - number
        started = datetime.combine(days[place], time(random.choice(HOURS), random.randrange(60)), ZONE)
        published = datetime.combine(days[place + 1], time(random.choice(HOURS), random.randrange(60)), ZONE)
        if published < month and left <= NEWEST and calendar.now() - published < RECENT:
            published = month + (now - month) * (1 - left / (NEWEST + 1))
        yield Planned(number, number / (calls - 1), started, min(published, now))


def add_month(session: Session, users: Mapping[str, User], which: str) -> int:
    """Make the calls of the groups under this name, once; how many were made."""
    read, calendar = words(), Calendar.of(session)
    groups = [told for told in read[which] if not _is_made(session, users[told["manager"]], told)]
    month = Month(session, users, calendar)
    for told in groups:
        month.add(told)
    for told in read["talks"]:
        if any(group["manager"] == told["manager"] for group in groups):
            tell_talk(month.story, session, users, calendar, told)
    return month.run()


def _is_made(session: Session, manager: User, told: Mapping[str, Any]) -> bool:
    mine = select(Call.id).join(Source).where(Source.name == SOURCE, Call.manager_id == manager.id)
    return session.scalar(mine.where(Call.lead_source == LeadSource(told["lead"])).limit(1)) is not None
