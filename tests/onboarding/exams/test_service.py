"""Exams as coaches hold them: who may, what is kept, and where passing and failing lead."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Conflict
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.onboarding.by_hand.service import move_by_hand
from qcapp.onboarding.exams import queries
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Result
from qcapp.people.models import Notice, User
from qcapp.reviews.service import Incomplete
from qcapp.terms import Stage
from tests.onboarding.exam_hall import CRITICAL, FAILED, PASSED, make_examinee, marks


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    people.north.head = people.roman
    return make_examinee(session, people.max)


@pytest.fixture
def exam(session: Session, people: SimpleNamespace, trainee: Trainee) -> Exam:
    return exams.begin_exam(session, trainee, by=people.tanya)


def finished(session: Session, exam: Exam, given: dict[str, str], by: User) -> Exam:
    exams.save_exam(session, exam, marks(given), by=by)
    return exams.finish_exam(session, exam, by=by)


def told(session: Session, person: User) -> list[tuple[str, object]]:
    mine = select(Notice).where(Notice.user_id == person.id, Notice.path.like("/exams/%"))
    return [(each.kind, each.facts.get("mark")) for each in session.scalars(mine.order_by(Notice.id))]


class TestBegin:
    def test_an_exam_keeps_coach_card_number_and_attempt(self, people: SimpleNamespace, exam: Exam) -> None:
        assert (exam.number, exam.attempt, exam.coach, exam.finished_at) == (1, 1, people.tanya, None)
        assert exam.version.checklist.key == "card"
        assert exam.version.used_at is not None

    def test_beginning_twice_is_the_same_exam(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        assert exams.begin_exam(session, trainee, by=people.tanya) is exam
        with pytest.raises(Refused, match="Tanya Coach is holding an exam"):
            exams.begin_exam(session, trainee, by=people.lidia)

    @pytest.mark.parametrize("who", ["olga", "kira", "roman", "hanna", "max", "anna", "oleg", "sveta"])
    def test_only_those_who_train_the_manager_examine_him(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, who: str
    ) -> None:
        with pytest.raises(Forbidden):
            exams.begin_exam(session, trainee, by=getattr(people, who))

    def test_a_coach_examines_nobody_of_another_team(self, session: Session, people: SimpleNamespace) -> None:
        with pytest.raises(Forbidden):
            exams.begin_exam(session, make_examinee(session, people.sveta), by=people.tanya)

    @pytest.mark.parametrize("stage", [Stage.PRODUCT, Stage.TECHNIQUE, Stage.STAFF])
    def test_an_exam_is_not_held_before_its_stage_nor_of_staff(
        self, session: Session, people: SimpleNamespace, stage: Stage
    ) -> None:
        with pytest.raises(Refused, match="in another one"):
            exams.begin_exam(session, make_examinee(session, people.max, stage), by=people.tanya)

    def test_without_a_card_in_force_there_is_no_exam(
        self, session: Session, people: SimpleNamespace, trainee: Trainee
    ) -> None:
        session.scalars(select(ChecklistVersion)).one().state = VersionState.ARCHIVED
        session.flush()
        with pytest.raises(Refused, match="is not in force"):
            exams.begin_exam(session, trainee, by=people.tanya)


class TestSave:
    def test_everything_typed_is_kept(self, session: Session, people: SimpleNamespace, exam: Exam) -> None:
        exams.save_exam(session, exam, marks({"questions": "2"}), by=people.tanya)
        session.expire(exam)
        assert exam.answers == {"questions": {"value": "2", "comment": "Почему", "reason": ""}}
        assert (exam.comment, exam.revision, exam.window) == ("Разобрали", 1, "one")

    def test_another_window_overwrites_nothing(
        self, session: Session, people: SimpleNamespace, exam: Exam
    ) -> None:
        exams.save_exam(session, exam, marks({"questions": "4"}), by=people.tanya)
        with pytest.raises(Conflict) as conflict:
            exams.save_exam(session, exam, marks({"questions": "2"}, window="two"), by=people.tanya)
        assert conflict.value.revision == 1
        exams.save_exam(session, exam, marks({"questions": "4"}, window="two"), by=people.tanya)
        assert exam.revision == 2

    def test_a_late_save_of_the_same_window_changes_nothing(
        self, session: Session, people: SimpleNamespace, exam: Exam
    ) -> None:
        exams.save_exam(session, exam, marks({"questions": "4"}, turn=2), by=people.tanya)
        exams.save_exam(session, exam, marks({"questions": "2"}, turn=1), by=people.tanya)
        assert exam.answers["questions"]["value"] == "4"

    def test_an_item_the_card_does_not_know_is_refused(
        self, session: Session, people: SimpleNamespace, exam: Exam
    ) -> None:
        with pytest.raises(Refused, match="no item “dance”"):
            exams.save_exam(session, exam, marks({"dance": "5"}), by=people.tanya)

    @pytest.mark.parametrize("who", ["lidia", "max", "roman"])
    def test_only_the_coach_who_holds_it_scores_it(
        self, session: Session, people: SimpleNamespace, exam: Exam, who: str
    ) -> None:
        with pytest.raises(Forbidden):
            exams.save_exam(session, exam, marks(PASSED), by=getattr(people, who))


class TestFinish:
    def test_what_is_missing_is_named(self, session: Session, people: SimpleNamespace, exam: Exam) -> None:
        exams.save_exam(session, exam, marks({"questions": "4"}), by=people.tanya)
        with pytest.raises(Incomplete) as incomplete:
            exams.finish_exam(session, exam, by=people.tanya)
        assert [each.item for each in incomplete.value.missing] == ["heard", "step"]
        assert exam.finished_at is None

    def test_passed_leads_to_the_next_stage(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        finished(session, exam, PASSED, people.tanya)
        assert (exam.mark, exam.passed, exam.failed_items) == (3.25, True, [])
        assert [(each.stage, each.result) for each in trainee.stages] == [
            (Stage.EXAM, Result.PASSED),
            (Stage.COLD_PRACTICE, None),
        ]
        assert told(session, people.max) == [("exam_passed", 3.25)]
        assert told(session, people.roman) == [("trainee_exam_passed", 3.25)]
        assert told(session, people.tanya) == []

    def test_failed_means_everything_again_with_history(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        finished(session, exam, FAILED, people.tanya)
        assert (exam.mark, exam.passed) == (2.75, False)
        assert [(each.stage, each.attempt, each.result) for each in trainee.stages] == [
            (Stage.EXAM, 1, Result.FAILED),
            (Stage.PRODUCT, 2, None),
        ]
        assert told(session, people.roman) == [("trainee_exam_failed", 2.75)]

    def test_failed_after_it_was_passed_over_by_hand_means_the_same(
        self, session: Session, people: SimpleNamespace, trainee: Trainee
    ) -> None:
        move_by_hand(session, trainee, Stage.COLD_PRACTICE, by=people.olga, reason="Продавал годами")
        finished(session, exams.begin_exam(session, trainee, by=people.tanya), FAILED, people.tanya)
        assert (trainee.stages[-2].result, trainee.stages[-1].stage) == (Result.FAILED, Stage.PRODUCT)
        assert trainee.stages[-1].attempt == 2

    def test_a_critical_error_fails_a_good_mark(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        finished(session, exam, CRITICAL, people.tanya)
        assert (exam.mark, exam.passed, exam.failed_items) == (3.5, False, ["step"])
        assert trainee.stages[-1].stage is Stage.PRODUCT

    def test_the_next_exam_has_the_next_number(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        finished(session, exam, FAILED, people.tanya)
        trainee.stages[-1].stage = Stage.EXAM
        second = exams.begin_exam(session, trainee, by=people.lidia)
        assert (second.number, second.attempt) == (2, 2)
        assert [each.passed for each in queries.exams_of(session, trainee)] == [False, None]

    def test_a_finished_exam_is_never_changed(
        self, session: Session, people: SimpleNamespace, exam: Exam
    ) -> None:
        finished(session, exam, PASSED, people.tanya)
        for deed in (
            lambda: exams.save_exam(session, exam, marks(FAILED, turn=2), by=people.tanya),
            lambda: exams.finish_exam(session, exam, by=people.tanya),
            lambda: exams.discard_exam(session, exam, by=people.tanya),
        ):
            with pytest.raises(Refused, match="is finished"):
                deed()
        assert exam.passed

    def test_an_exam_in_which_nothing_applied_has_no_mark(
        self, session: Session, people: SimpleNamespace, exam: Exam
    ) -> None:
        for item in (each for part in exam.version.sections for each in part.items):
            item.na_allowed = True
        exams.save_exam(session, exam, marks(dict.fromkeys(PASSED, "na")), by=people.tanya)
        with pytest.raises(Refused, match="there is no mark"):
            exams.finish_exam(session, exam, by=people.tanya)

    def test_who_has_left_the_stage_meanwhile_is_not_examined(
        self, session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
    ) -> None:
        exams.save_exam(session, exam, marks(PASSED), by=people.tanya)
        trainee.stages[-1].stage = Stage.TECHNIQUE
        with pytest.raises(Refused, match="in another one"):
            exams.finish_exam(session, exam, by=people.tanya)

    def test_the_log_tells_of_it(self, session: Session, people: SimpleNamespace, exam: Exam) -> None:
        finished(session, exam, CRITICAL, people.tanya)
        wanted = select(AuditEntry).where(AuditEntry.thing == f"exam:{exam.id}")
        entries = session.scalars(wanted.order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == ["exam_begun", "exam_finished"]
        assert entries[1].diff["failed_items"] == ["step"]
        assert entries[1].diff["manager"] == people.max.id


def test_an_unfinished_exam_can_be_thrown_away_by_those_who_train(
    session: Session, people: SimpleNamespace, trainee: Trainee, exam: Exam
) -> None:
    with pytest.raises(Forbidden):
        exams.discard_exam(session, exam, by=people.roman)
    exams.discard_exam(session, exam, by=people.lidia)
    assert queries.exams_of(session, trainee) == []
    assert exams.begin_exam(session, trainee, by=people.lidia).number == 1


class TestSeeing:
    @pytest.mark.parametrize("who", ["olga", "lidia", "kira", "roman", "tanya", "hanna", "max"])
    def test_an_exam_is_seen_by_those_who_see_the_onboarding(
        self, session: Session, people: SimpleNamespace, exam: Exam, who: str
    ) -> None:
        assert queries.get_exam(session, exam.id, getattr(people, who)) is exam
        assert queries.get_trainee(session, people.max.id, getattr(people, who)) is exam.trainee

    @pytest.mark.parametrize("who", ["anna", "oleg", "sveta"])
    def test_others_do_not(self, session: Session, people: SimpleNamespace, exam: Exam, who: str) -> None:
        with pytest.raises(Forbidden):
            queries.get_exam(session, exam.id, getattr(people, who))
        with pytest.raises(Forbidden):
            queries.get_trainee(session, people.max.id, getattr(people, who))

    def test_what_is_not_there_is_missing(self, session: Session, people: SimpleNamespace) -> None:
        for wanted in (
            lambda: queries.get_exam(session, 10**6, people.olga),
            lambda: queries.get_trainee(session, 10**6, people.olga),
            lambda: queries.get_trainee(session, people.sveta.id, people.olga),
        ):
            with pytest.raises(Missing):
                wanted()
