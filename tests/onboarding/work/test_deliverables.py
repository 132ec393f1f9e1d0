"""Work handed in: saved while it is typed, kept as it was submitted, decided once and never by its author."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Conflict
from qcapp.core.clock import now
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work import answers, deliverables, queries
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.people.models import Notice
from tests.onboarding.working import FULL, REASONS, answer, begin_again, make_learner, plain, row, typed


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    return make_learner(session, people.max)


@pytest.fixture
def work(session: Session, trainee: Trainee) -> Deliverable:
    """Max's list of reasons, nothing in it yet."""
    return deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=trainee.manager)


@pytest.fixture
def submission(session: Session, work: Deliverable) -> Submission:
    """Three reasons, handed in."""
    deliverables.save(session, work, typed(REASONS), by=work.trainee.manager)
    return deliverables.submit(session, work, by=work.trainee.manager)


def told(session: Session, kind: str) -> list[tuple[str, str]]:
    notices = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(notice.user.login, notice.path) for notice in notices]


def test_work_is_begun_once_an_attempt_and_by_nobody_else(
    session: Session, trainee: Trainee, work: Deliverable, people: SimpleNamespace
) -> None:
    assert (work.state, work.attempt, work.rows) == (WorkState.WRITING, 1, [])
    assert deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=people.max) is work
    for other in (people.sveta, people.tanya, people.olga):
        with pytest.raises(Forbidden):
            deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=other)


def test_whatever_is_typed_is_kept_tidily(
    session: Session, work: Deliverable, people: SimpleNamespace
) -> None:
    deliverables.save(session, work, typed(["1. Растут продажи", "2. Видно в поиске", " "]), by=people.max)
    assert plain(work.rows) == REASONS[:2]
    assert (work.revision, work.window, work.turn) == (1, "one", 1)


def test_two_windows_never_overwrite_each_other(
    session: Session, work: Deliverable, people: SimpleNamespace
) -> None:
    deliverables.save(session, work, typed(["Первая"]), by=people.max)
    with pytest.raises(Conflict) as raised:
        deliverables.save(session, work, typed(["Вторая"], window="two"), by=people.max)
    assert raised.value.revision == 1
    deliverables.save(session, work, typed(["Первая"], window="two"), by=people.max)  # says the same
    deliverables.save(session, work, typed(["Вторая"], window="two", revision=1, turn=2), by=people.max)
    assert plain(work.rows) == ["Вторая"]


def test_a_late_save_of_the_same_window_changes_nothing(
    session: Session, work: Deliverable, people: SimpleNamespace
) -> None:
    deliverables.save(session, work, typed(["Новое"], turn=2), by=people.max)
    deliverables.save(session, work, typed(["Старое"], turn=1), by=people.max)
    assert (plain(work.rows), work.revision) == (["Новое"], 1)


def test_what_is_too_long_or_too_much_is_refused(
    session: Session, work: Deliverable, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="Row 2 is too long"):
        deliverables.save(session, work, typed(["ok", "x" * 501]), by=people.max)
    with pytest.raises(Refused, match="too many rows"):
        deliverables.save(session, work, typed([f"причина {n}" for n in range(1001)]), by=people.max)


def test_too_little_is_not_handed_in(
    session: Session, work: Deliverable, trainee: Trainee, people: SimpleNamespace
) -> None:
    deliverables.save(session, work, typed(["Одна", "одна!", "Две"]), by=people.max)
    with pytest.raises(Refused, match="1 more reason is needed"):
        deliverables.submit(session, work, by=people.max)
    table = deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=people.max)
    deliverables.save(session, table, typed([["a", "b", "c", ""]]), by=people.max)
    with pytest.raises(Refused, match="2 more full rows are needed"):
        deliverables.submit(session, table, by=people.max)
    deliverables.save(session, table, typed(FULL, turn=2), by=people.max)
    assert plain(deliverables.submit(session, table, by=people.max).rows) == FULL


def test_what_is_handed_in_waits_for_the_coach_unchanged(
    session: Session, work: Deliverable, submission: Submission, people: SimpleNamespace
) -> None:
    assert (submission.number, plain(submission.rows), submission.accepted) == (1, REASONS, None)
    assert work.state is WorkState.SUBMITTED
    for deed in (
        lambda: deliverables.save(session, work, typed(["Ещё"], turn=2), by=people.max),
        lambda: deliverables.submit(session, work, by=people.max),
    ):
        with pytest.raises(Refused, match="handed in"):
            deed()
    path = f"/onboarding/work/{work.id}"
    assert told(session, "reasons_submitted") == [("lidia", path), ("tanya", path)]
    assert queries.waiting(session, people.tanya) == [work]
    assert queries.waiting(session, people.kira) == queries.waiting(session, people.max) == []


def test_the_trainees_own_coach_is_told_alone(
    session: Session, work: Deliverable, people: SimpleNamespace
) -> None:
    work.trainee.coach = people.tanya
    deliverables.save(session, work, typed(REASONS), by=people.max)
    deliverables.submit(session, work, by=people.max)
    assert told(session, "reasons_submitted") == [("tanya", f"/onboarding/work/{work.id}")]


def test_only_who_trains_the_manager_decides(
    session: Session, submission: Submission, people: SimpleNamespace
) -> None:
    for wrong in (people.max, people.sveta, people.roman, people.kira, people.hanna, people.olga):
        with pytest.raises(Forbidden):
            answers.accept_work(session, submission, by=wrong)
        with pytest.raises(Forbidden):
            answer(session, submission, "Так себе", by=wrong)
    assert (submission.accepted, submission.comment) == (None, "")


def test_nobody_accepts_his_own_work(
    session: Session, submission: Submission, trainee: Trainee, people: SimpleNamespace
) -> None:
    trainee.manager_id = people.lidia.id
    session.flush()
    with pytest.raises(Forbidden, match="his own work"):
        answers.accept_work(session, submission, by=people.lidia)


def test_an_answer_is_typed_at_leisure_and_told_with_the_decision(
    session: Session, work: Deliverable, submission: Submission, people: SimpleNamespace
) -> None:
    answer(
        session, submission, " Слишком общо ", {REASONS[0]: "На сколько? ", REASONS[1]: " "}, by=people.tanya
    )
    first = submission.rows[0]["id"]
    assert (submission.comment, submission.row_comments) == ("Слишком общо", {first: "На сколько?"})
    assert (submission.by, submission.accepted, submission.at) == (people.tanya, None, None)
    assert told(session, "reasons_returned") == []
    with pytest.raises(Conflict):
        answers.save_answer(
            session, submission, answers.CoachAnswer("Иначе", {}, 0, "other", 1), by=people.lidia
        )
    stranger = {row("Не отсюда")["id"]: "Что это?"}
    with pytest.raises(Refused, match="no such row"):
        answers.save_answer(
            session, submission, answers.CoachAnswer("", stranger, 1, "coach", 2), by=people.tanya
        )
    answers.return_work(session, submission, by=people.tanya)
    assert told(session, "reasons_returned") == [("max", f"/onboarding/work/{work.id}")]
    with pytest.raises(Refused, match="decided already"):
        answer(session, submission, "Поздно", by=people.tanya)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "work_returned")).one()
    assert entry.diff["rows_commented"] == 1


def test_a_comment_on_one_row_is_word_enough_to_return_the_work(
    session: Session, submission: Submission, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="done better"):
        answers.return_work(session, submission, by=people.tanya)
    answer(session, submission, "", {REASONS[2]: "А днём?"}, by=people.tanya)
    answers.return_work(session, submission, by=people.tanya)
    assert submission.accepted is False


def test_returned_work_is_written_on_and_handed_in_again(
    session: Session, work: Deliverable, submission: Submission, people: SimpleNamespace
) -> None:
    answer(session, submission, "Слишком общо", {REASONS[0]: "На сколько?"}, by=people.tanya)
    answers.return_work(session, submission, by=people.tanya)
    assert work.state is WorkState.RETURNED
    better = row("Продажи растут на треть", begun_as=REASONS[0])
    rows = [*REASONS[:0:-1], better, "Ещё одна"]
    deliverables.save(session, work, typed(rows, turn=2), by=people.max)
    assert plain(submission.rows) == REASONS
    second = deliverables.submit(session, work, by=people.max)
    assert (second.number, len(second.rows)) == (2, 4)
    assert (second.comment, second.row_comments, second.by) == ("", {}, None)
    assert submission.row_comments == {better["id"]: "На сколько?"}
    with pytest.raises(Refused, match="decided already"):
        answers.accept_work(session, submission, by=people.tanya)
    answer(session, second, "Хорошо", by=people.tanya)
    answers.accept_work(session, second, by=people.tanya)
    assert work.state is WorkState.ACCEPTED
    assert list(queries.submissions_of(session, work.trainee)) == [second, submission]
    with pytest.raises(Refused, match="decided already"):
        answers.return_work(session, second, by=people.lidia)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["work_submitted", "work_returned", "work_submitted", "work_accepted"]


def test_a_new_attempt_begins_empty_and_the_old_work_can_be_copied(
    session: Session, work: Deliverable, submission: Submission, trainee: Trainee, people: SimpleNamespace
) -> None:
    answers.accept_work(session, submission, by=people.tanya)
    begin_again(session, trainee)
    with pytest.raises(Refused, match="earlier attempt"):
        deliverables.save(session, work, typed(["Поздно"], turn=9), by=people.max)
    again = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=people.max)
    assert (again.attempt, again.state, again.rows) == (2, WorkState.WRITING, [])
    deliverables.copy_previous(session, trainee, DeliverableKind.REASONS, by=people.max)
    assert again.rows == work.rows
    assert plain(again.rows) == REASONS
    with pytest.raises(Refused, match="begun to write"):
        deliverables.copy_previous(session, trainee, DeliverableKind.REASONS, by=people.max)
    with pytest.raises(Refused, match="nothing from an earlier"):
        deliverables.copy_previous(session, trainee, DeliverableKind.SPVE, by=people.max)


def test_nothing_is_written_where_nothing_is_asked_or_the_way_has_ended(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    trainee.parted_at = now()
    with pytest.raises(Refused, match="over"):
        deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=people.max)
