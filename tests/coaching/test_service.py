"""Talks are held, read and followed by tasks."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists.models import Checklist
from qcapp.coaching import agreements, items, queries, service
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.models import TaskState
from qcapp.coaching.progress_rules import ProgressVerdict
from qcapp.coaching.tasks import tell_overdue
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice, User
from qcapp.people.permissions import Permission
from qcapp.reviews.models import ReviewState
from tests.coaching.conftest import DUE, HELD, Hold, Publish
from tests.factories.calls import make_call


def told(session: Session, kind: str) -> list[tuple[str, str]]:
    """Who was told, and which page it leads to."""
    found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(notice.user.login, notice.path) for notice in found]


def actions(session: Session, thing: str) -> list[str]:
    entries = select(AuditEntry.action).where(AuditEntry.thing == thing).order_by(AuditEntry.id)
    return list(session.scalars(entries))


def test_a_talk_is_written_down_with_its_calls_and_tasks(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    review = publish(-1)
    talk = hold(calls=[(review.call, None), (review.call, review.marks[0]), (review.call, None)])
    assert [(link.call_id, link.mark_id) for link in talk.calls] == [
        (review.call_id, None),
        (review.call_id, review.marks[0].id),
    ]
    assert [task.text for task in talk.tasks] == ["Называть цель звонка в первой фразе"]
    assert told(session, "coaching_held") == [("max", f"/coaching/{talk.id}")]
    assert told(session, "coaching_task_agreed") == []
    assert actions(session, f"coaching:{talk.id}") == ["coaching_held"]


@pytest.mark.parametrize("who", ["kira", "olga", "oleg", "max", "anna", "hanna"])
def test_only_who_coaches_the_manager_holds_sessions(hold: Hold, people: SimpleNamespace, who: str) -> None:
    with pytest.raises(Forbidden):
        hold(by=getattr(people, who))


@pytest.mark.parametrize("who", ["tanya", "roman", "lidia"])
def test_coach_head_and_lead_of_quality_control_hold_sessions(
    hold: Hold, people: SimpleNamespace, who: str
) -> None:
    assert hold(by=getattr(people, who)).coach.login == who


def test_what_makes_no_sense_is_refused(
    session: Session, hold: Hold, people: SimpleNamespace, checklist: Checklist
) -> None:
    with pytest.raises(Refused, match="about"):
        hold(topic=" ")
    with pytest.raises(Refused, match="has been held"):
        hold(held_at=clock.now() + timedelta(hours=1))
    with pytest.raises(Refused, match="before the talk"):
        hold(tasks=[AgreedTask("Учить", date(2026, 10, 19))])
    with pytest.raises(Refused, match="what is to be done"):
        hold(tasks=[AgreedTask(" ", DUE)])
    for key in ("unknown", "remark"):
        with pytest.raises(Refused, match="no item"):
            hold(tasks=[AgreedTask("Учить", DUE, checklist.id, key)])
    people.max.active = False
    with pytest.raises(Refused, match="works here"):
        hold()


def test_only_calls_of_this_manager_and_marks_of_reviews_one_may_read(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    review, other = publish(-1), publish(-2)
    with pytest.raises(Refused, match="not this manager"):
        hold(calls=[(make_call(session, people.sveta), None)])
    with pytest.raises(Refused, match="another call"):
        hold(calls=[(review.call, other.marks[0])])
    review.state = ReviewState.DRAFT
    session.flush()
    with pytest.raises(Forbidden, match="not for you to read"):
        hold(calls=[(review.call, review.marks[0])])


def test_a_talk_is_edited_until_the_manager_has_read_it(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    first, second = publish(-1), publish(-2)
    talk = hold(calls=[(first.call, first.marks[0]), (first.call, None)])
    wanted = {
        "by": people.roman,
        "held_at": HELD,
        "topic": "Цель и голос",
        "notes": "",
        "calls": [(first.call, None), (second.call, None)],
    }
    with pytest.raises(Forbidden):
        service.edit_session(session, talk, **wanted | {"by": people.kira})
    service.edit_session(session, talk, **wanted)
    assert talk.topic == "Цель и голос"
    assert {(link.call_id, link.mark_id) for link in talk.calls} == {
        (first.call_id, None),
        (second.call_id, None),
    }
    service.acknowledge(session, talk, by=people.max)
    with pytest.raises(Refused, match="stays as it is"):
        service.edit_session(session, talk, **wanted)


def test_the_manager_alone_reads_it_and_once(session: Session, hold: Hold, people: SimpleNamespace) -> None:
    talk = hold()
    for wrong in (people.sveta, people.tanya, people.olga):
        with pytest.raises(Forbidden):
            service.acknowledge(session, talk, by=wrong)
    assert queries.unread_talks(session, people.max) == [talk]
    service.acknowledge(session, talk, by=people.max)
    assert queries.unread_talks(session, people.max) == []
    assert told(session, "coaching_acknowledged") == [("tanya", f"/coaching/{talk.id}")]
    read = select(Notice.read_at).where(Notice.kind == "coaching_held")
    assert session.scalars(read).one() is not None
    with pytest.raises(Refused, match="already"):
        service.acknowledge(session, talk, by=people.max)
    task = agreements.agree_task(session, talk, AgreedTask("Ещё одно", DUE), by=people.tanya)
    assert told(session, "coaching_task_agreed") == [("max", f"/coaching/{talk.id}#task-{task.id}")]


def test_a_task_is_closed_once_and_with_what_came_of_it(
    session: Session, hold: Hold, people: SimpleNamespace
) -> None:
    task = hold().tasks[0]
    for wrong in (people.max, people.kira, people.oleg):
        with pytest.raises(Forbidden):
            agreements.close_task(session, task, TaskState.DONE, "Готово", by=wrong)
    with pytest.raises(Refused, match="few words"):
        agreements.close_task(session, task, TaskState.DONE, " ", by=people.tanya)
    with pytest.raises(Refused, match="whether"):
        agreements.close_task(session, task, TaskState.OPEN, "Готово", by=people.tanya)
    agreements.close_task(session, task, TaskState.DONE, " Называет цель сразу ", by=people.roman)
    assert (task.state, task.closing, task.closed_by) == (TaskState.DONE, "Называет цель сразу", people.roman)
    with pytest.raises(Refused, match="closed already"):
        agreements.close_task(session, task, TaskState.DROPPED, "Нет", by=people.tanya)
    assert queries.open_tasks(session, people.tanya) == []
    assert actions(session, f"coaching_task:{task.id}") == ["coaching_task_agreed", "coaching_task_closed"]


def test_a_task_can_be_checked_on_the_first_later_call_that_was_scored(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    talk = hold()
    task = talk.tasks[0]
    publish(-1, "yes")
    publish(1, "na")
    publish(1, "yes", manager=people.sveta)
    assert task.recheck_call_id is None
    later = publish(2, "yes")
    publish(3, "yes")
    assert task.recheck_call_id == later.call_id
    assert told(session, "coaching_recheck") == [("tanya", f"/coaching/{talk.id}#task-{task.id}")]


def test_a_coach_chooses_another_call_to_check_on(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    task = hold().tasks[0]
    before, after, foreign = publish(-1), publish(1), publish(1, manager=people.sveta)
    undated = publish(2)
    undated.call.start_known = False
    for wrong in (before, foreign, undated):
        with pytest.raises(Refused, match="after the talk"):
            agreements.link_recheck(session, task, wrong.call, by=people.tanya)
    with pytest.raises(Forbidden):
        agreements.link_recheck(session, task, after.call, by=people.max)
    agreements.link_recheck(session, task, after.call, by=people.tanya)
    assert task.recheck_call is after.call
    agreements.link_recheck(session, task, None, by=people.tanya)
    assert task.recheck_call_id is None


def test_progress_is_told_by_the_reviews_one_may_read(
    session: Session, hold: Hold, publish: Publish, people: SimpleNamespace
) -> None:
    talk = hold()
    for days, goal in ((-3, "no"), (-2, "yes"), (-1, "na"), (1, "yes"), (2, "yes")):
        publish(days, goal)
    publish(1, "no", manager=people.sveta)
    publish(1, "no").call.start_known = False
    session.flush()
    found = items.progress_of(session, talk, 2, by=people.max)[talk.tasks[0].id]
    assert (found.before.n, float(found.before.share or 0)) == (2, 0.5)
    assert (found.after.n, float(found.after.share or 0)) == (2, 1.0)
    assert found.verdict is ProgressVerdict.BETTER
    hidden = items.progress_of(session, talk, 2, by=people.sveta)[talk.tasks[0].id]
    assert (hidden.before.n, hidden.after.n) == (0, 0)
    assert items.titles(session, talk.tasks) == {(talk.tasks[0].checklist_id, "goal"): {"ru": "goal"}}


def test_everybody_reads_the_talks_of_his_reach(
    session: Session, hold: Hold, people: SimpleNamespace
) -> None:
    talk = hold()

    def seen(who: User) -> list[int]:
        return [each.id for each in queries.talks(session, who)[0]]

    for who in (people.tanya, people.roman, people.max, people.olga, people.kira, people.lidia):
        assert seen(who) == [talk.id]
        assert queries.get_talk(session, talk.id, who, Permission.READ_COACHING) is talk
    for who in (people.sveta, people.oleg, people.hanna, people.anna):
        assert seen(who) == []
        with pytest.raises(Forbidden):
            queries.get_talk(session, talk.id, who, Permission.READ_COACHING)


def test_an_overdue_task_is_told_once(session: Session, hold: Hold, people: SimpleNamespace) -> None:
    talk = hold()
    task = talk.tasks[0]
    session.commit()
    with time_machine.travel(datetime(2026, 10, 27, 20, tzinfo=UTC), tick=False):
        tell_overdue()
        assert queries.overdue_tasks(session, people.tanya, date(2026, 10, 27)) == []
    assert told(session, "coaching_task_overdue") == []
    with time_machine.travel(
        datetime(2026, 10, 27, 21, 30, tzinfo=UTC), tick=False
    ):  # the next day in Moscow
        tell_overdue()
        tell_overdue()
    assert told(session, "coaching_task_overdue") == [("tanya", f"/coaching/{talk.id}#task-{task.id}")]
    assert queries.overdue_tasks(session, people.tanya, date(2026, 10, 28)) == [task]
