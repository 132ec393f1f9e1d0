"""What people change in a transcript, and what is kept."""

import pytest
from sqlalchemy import select

from qcapp.calls import listing
from qcapp.calls.models import Client
from qcapp.calls.queries import CallFilter
from qcapp.core import text_search
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.transcripts import queries, service
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, SpeechMetrics
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript


@pytest.fixture
def call(session, people):
    return make_call(session, people.max, transcribed=False)


@pytest.fixture
def segment(session, call):
    transcription = make_transcript(
        session, call, (0, 10.0, 14.0, "Мы делаем дом говоры"), (1, 15.0, 16.0, "Да")
    )
    return queries.segments_of(session, transcription)[0]


def found(session, people, words: str) -> bool:
    wanted = CallFilter(query=text_search.parse(words))
    return bool(listing.call_page(session, wanted, by=people.kira).calls)


def test_a_correction_keeps_the_times_of_the_words_that_stayed(session, people, segment):
    before = [dict(word) for word in segment.words]
    service.correct_segment(session, segment, "Мы делаем договоры", base=0, by=people.kira)
    assert segment.text == "Мы делаем договоры"
    assert segment.words[:2] == before[:2]
    assert (segment.words[2]["start"], segment.words[2]["end"]) == (12.0, 14.0)


def test_search_finds_the_newest_wording_alone(session, people, segment):
    assert found(session, people, "дом")
    service.correct_segment(session, segment, "Мы делаем договоры", base=0, by=people.kira)
    assert found(session, people, "договор")
    assert not found(session, people, "дом")


def test_every_wording_is_kept_with_its_author(session, people, segment):
    service.correct_segment(session, segment, "Мы делаем договоры", base=0, by=people.kira)
    service.correct_segment(session, segment, "Мы делаем договор", base=1, by=people.lidia)
    kept = [
        (revision.number, revision.by_id, revision.text)
        for revision in queries.revisions_of(session, segment)
    ]
    assert kept == [
        (2, people.lidia.id, "Мы делаем договор"),
        (1, people.kira.id, "Мы делаем договоры"),
        (0, None, "Мы делаем дом говоры"),
    ]


def test_the_machines_words_are_kept_as_they_were(session, people, segment):
    before = [dict(word) for word in segment.words]
    service.correct_segment(session, segment, "Совсем иначе", base=0, by=people.kira)
    assert queries.revisions_of(session, segment)[-1].words == before


def test_two_who_correct_at_once_do_not_overwrite_each_other(session, people, segment):
    service.correct_segment(session, segment, "Мы делаем договоры", base=0, by=people.kira)
    with pytest.raises(Refused, match="Somebody else has corrected"):
        service.correct_segment(session, segment, "Мы делаем дома", base=0, by=people.lidia)


def test_the_same_wording_is_no_correction(session, people, segment):
    service.correct_segment(session, segment, "  Мы делаем  дом говоры ", base=0, by=people.kira)
    assert queries.revisions_of(session, segment) == []


@pytest.mark.parametrize("text", ["", "  \n", "да " * 20_000])
def test_nothing_and_too_much_are_refused(session, people, segment, text):
    with pytest.raises(Refused):
        service.correct_segment(session, segment, text, base=0, by=people.kira)


def test_a_correction_is_written_to_the_audit_log(session, people, segment, call):
    service.correct_segment(session, segment, "Мы делаем договоры", base=0, by=people.kira)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "correct_segment")).one()
    assert (entry.thing, entry.by_id) == (f"call:{call.id}", people.kira.id)
    assert entry.diff == {"segment": segment.id, "revision": 1}  # the words stand with the piece itself


@pytest.mark.parametrize("who", ["max", "roman", "tanya", "olga", "anna", "hanna"])
def test_only_quality_control_corrects(session, people, segment, who):
    with pytest.raises(Forbidden):
        service.correct_segment(session, segment, "Я всё сказал", base=0, by=getattr(people, who))


def test_invented_words_can_be_taken_out_and_put_back(session, people, segment):
    service.remove_segment(session, segment, by=people.kira)
    assert not found(session, people, "дом")
    service.restore_segment(session, segment, by=people.kira)
    assert found(session, people, "дом")


def test_what_a_filter_removed_gets_word_times_when_it_is_put_back(session, people, segment):
    segment.removed, segment.words = "known_phantom", []
    service.restore_segment(session, segment, by=people.kira)
    assert [word["word"] for word in segment.words] == ["Мы", "делаем", "дом", "говоры"]
    assert (segment.words[0]["start"], segment.words[-1]["end"]) == (10.0, 14.0)


def test_names_are_for_one_call_and_an_empty_one_brings_the_usual_back(session, people, segment, call):
    transcription = segment.transcription
    service.rename_speakers(session, transcription, " Максим  Петров ", "Иван", by=people.kira)
    assert queries.speaker_names(call, transcription)["manager"] == "Максим Петров"
    service.rename_speakers(session, transcription, "", "Иван", by=people.kira)
    names = queries.speaker_names(call, transcription)
    assert (names["manager"], names["client"]) == ("Max Manager", "Иван")


@pytest.mark.parametrize("usual", [False, True])
def test_no_name_of_a_client_holds_a_number(session, people, segment, call, usual):
    call.client = Client(phone="+375291234567", name="Иван +375 29 123-45-67" if usual else None)
    transcription = segment.transcription
    given = "" if usual else "Иван +375 29 123-45-67"
    service.rename_speakers(session, transcription, "", given, by=people.kira)
    assert queries.speaker_names(call, transcription)["client"] == "Иван +••• •• •••-••-67"


class TestAMixedRecording:
    @pytest.fixture
    def turns(self, session, call) -> list[Segment]:
        call.recording.channels, call.recording.manager_channel = 1, None
        transcription = make_transcript(
            session, call, (0, 0, 20, "Ну добрый день?"), (0, 24, 34, "Здравствуйте")
        )
        return queries.segments_of(session, transcription)

    def test_nobody_knows_who_speaks_until_somebody_says_it(self, session, turns):
        figures = session.scalars(select(SpeechMetrics)).one()
        assert {turn.speaker for turn in turns} == {Speaker.UNKNOWN}
        assert (figures.talk_share, figures.silences) == (None, 1)

    def test_figures_appear_when_every_turn_is_assigned(self, session, people, turns):
        figures = session.scalars(select(SpeechMetrics)).one()
        service.assign_speaker(session, turns[0], Speaker.MANAGER, by=people.kira)
        assert figures.talk_share is None
        service.assign_speaker(session, turns[1], Speaker.CLIENT, by=people.kira)
        assert figures.talk_share == pytest.approx(2 / 3)
        assert (figures.questions, figures.fillers) == (1, 1)

    def test_the_change_of_a_speaker_is_a_revision(self, session, people, turns):
        service.assign_speaker(session, turns[0], Speaker.MANAGER, by=people.kira)
        assert [revision.speaker for revision in queries.revisions_of(session, turns[0])] == [
            "manager",
            "unknown",
        ]


def test_turns_of_two_channels_are_not_assigned_one_by_one(session, people, segment):
    with pytest.raises(Refused, match="swap the sides"):
        service.assign_speaker(session, segment, Speaker.CLIENT, by=people.kira)
