"""Articles from the question to the wording that everybody has read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.text_search import parse
from qcapp.knowledge import queries, service
from qcapp.knowledge.models import ArticleState, ReadReceipt, Wording
from qcapp.knowledge.service import ArticleConflict, ArticleMove
from qcapp.knowledge.tree import flat
from qcapp.people.models import Notice


def publish(session, title, body="Текст", *, by, parent=None, key=None):
    article = service.create_article(session, title=title, body=body, parent=parent, key=key, by=by)
    service.publish_article(session, article, by=by)
    return article


def save(session, article, *, by, seen=None, **changed):
    known = {"title": article.title, "body": article.body, "key": article.key, "parent": article.parent}
    return service.save_article(session, article, **(known | changed), seen=seen or article.updated_at, by=by)


def titles(session, user):
    found = queries.contents(session, user)
    return [(depth, found.entries[key].title) for depth, key in flat(found.tree)]


def test_drafts_exist_for_editors_alone(session, people):
    draft = service.create_article(session, title="Скидки", by=people.tanya)
    assert queries.get_article(session, draft.id, people.olga) is draft
    for reader in (people.max, people.roman, people.kira):
        with pytest.raises(Missing):
            queries.get_article(session, draft.id, reader)
    assert titles(session, people.tanya) == []


@pytest.mark.parametrize("who", ["max", "roman", "kira", "hanna", "anna"])
def test_who_only_reads_changes_nothing(session, people, who):
    user = getattr(people, who)
    article = publish(session, "Скидки", by=people.lidia)
    for deed in (
        lambda: service.create_article(session, title="x", by=user),
        lambda: save(session, article, title="x", by=user),
        lambda: service.publish_article(session, article, by=user),
        lambda: service.archive_article(session, article, by=user),
        lambda: service.move_article(session, article, ArticleMove.UP, by=user),
    ):
        with pytest.raises(Forbidden):
            deed()


def test_what_was_published_never_changes(session, people):
    article = publish(session, "Скидки", "До 5 %", by=people.lidia)
    save(session, article, title="Скидки и бонусы", body="До 7 %", by=people.tanya)
    assert queries.wording_of(session, article).body == "До 5 %"
    assert titles(session, people.max) == [(0, "Скидки")]
    assert service.has_news(session, article)
    service.publish_article(session, article, by=people.tanya)
    assert [each.body for each in article.wordings] == ["До 5 %", "До 7 %"]
    assert queries.wording_of(session, article, 1).title == "Скидки"
    assert titles(session, people.max) == [(0, "Скидки и бонусы")]
    with pytest.raises(Refused, match="Nothing has changed"):
        service.publish_article(session, article, by=people.tanya)


def test_an_empty_article_is_not_published(session, people):
    draft = service.create_article(session, title="Скидки", by=people.lidia)
    with pytest.raises(Refused, match="without text"):
        service.publish_article(session, draft, by=people.lidia)


def test_two_editors_do_not_overwrite_each_other(session, people):
    article = service.create_article(session, title="Скидки", by=people.lidia)
    opened = article.updated_at
    save(session, article, body="Первый", seen=opened, by=people.lidia)
    with pytest.raises(ArticleConflict, match="since you opened it"):
        save(session, article, body="Второй", seen=opened, by=people.tanya)
    assert article.body == "Первый"
    save(session, article, body="Второй", by=people.tanya)
    assert article.body == "Второй"


def test_reading_is_confirmed_once_a_wording(session, people):
    article = publish(session, "Скидки", by=people.lidia)
    first = service.confirm_read(session, article, 1, by=people.max)
    assert service.confirm_read(session, article, 1, by=people.max) is first
    save(session, article, body="Иначе", by=people.lidia)
    wording = service.publish_article(session, article, by=people.lidia)
    found = queries.readers(session, wording)
    assert found.read == []
    assert people.max in found.unread
    assert people.lidia not in found.unread  # she wrote it
    assert queries.contents(session, people.max).entries[article.id].read == 1
    service.confirm_read(session, article, 2, by=people.max)
    found = queries.readers(session, wording)
    assert [each.user.name for each in found.read] == ["Max Manager"]
    assert people.max not in found.unread
    assert len(session.scalars(select(ReadReceipt)).all()) == 2
    with pytest.raises(Refused, match="never published"):
        service.confirm_read(session, article, 3, by=people.max)


def test_an_archived_article_opens_by_its_link_alone(session, people):
    section = publish(session, "Техника", by=people.lidia)
    article = publish(session, "Цель", parent=section, by=people.lidia)
    service.archive_article(session, section, by=people.lidia)
    assert titles(session, people.max) == [(0, "Цель")]
    assert queries.search(session, parse("техника")) == []
    assert queries.get_article(session, section.id, people.max).state is ArticleState.ARCHIVED
    service.restore_article(session, section, by=people.lidia)
    assert titles(session, people.max) == [(0, "Техника"), (1, "Цель")]
    assert article.parent_id == section.id


def test_a_question_becomes_an_article_and_the_asker_is_told(session, people):
    draft = service.ask_question(
        session,
        "Что отвечать, когда просят скидку?",
        "/reviews/7#item-price",
        key="item:cold.price",
        by=people.max,
    )
    assert (draft.state, draft.origin, draft.question) == (
        ArticleState.DRAFT,
        "/reviews/7#item-price",
        "Что отвечать, когда просят скидку?",
    )
    assert list(queries.questions(session)) == [draft]
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert {each.user_id for each in told} == {people.olga.id, people.lidia.id, people.tanya.id}
    save(session, draft, title="Скидки", body="Скидок нет.", by=people.lidia)
    service.publish_article(session, draft, by=people.lidia)
    assert list(queries.questions(session)) == []
    assert queries.published_by_key(session, "item:cold.price") is draft
    answer = session.scalars(select(Notice).where(Notice.user_id == people.max.id)).one()
    assert (answer.kind, answer.path) == ("knowledge_answered", f"/knowledge/{draft.id}")
    save(session, draft, body="Скидок нет совсем.", by=people.lidia)
    service.publish_article(session, draft, by=people.lidia)
    assert len(session.scalars(select(Notice).where(Notice.user_id == people.max.id)).all()) == 1


def test_a_second_question_about_the_same_item_is_a_draft_of_its_own(session, people):
    first = service.ask_question(session, "Как?", "/reviews/1", key="item:cold.price", by=people.max)
    second = service.ask_question(session, "А как?", "/reviews/2", key="item:cold.price", by=people.sveta)
    assert first.key == "item:cold.price"
    assert second.key != first.key
    assert list(queries.questions(session)) == [first, second]


@pytest.mark.parametrize("origin", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_of_a_question_stays_in_the_product(session, people, origin):
    assert service.ask_question(session, "Как?", origin, by=people.max).origin is None


def test_a_long_question_is_kept_whole(session, people):
    question = "Как " * 200
    draft = service.ask_question(session, question, None, by=people.max)
    assert draft.question == question.strip()
    assert len(draft.title) == 100
    with pytest.raises(Refused, match="Write the question"):
        service.ask_question(session, "  ", None, by=people.max)


def test_articles_move_among_their_neighbours(session, people):
    for title in ("А", "Б", "В"):
        publish(session, title, by=people.lidia)
    service.create_article(session, title="Черновик", by=people.lidia)
    moved = publish(session, "Г", by=people.lidia)
    for _step in range(2):
        service.move_article(session, moved, ArticleMove.UP, by=people.lidia)
    assert titles(session, people.max) == [(0, "А"), (0, "Г"), (0, "Б"), (0, "В")]
    service.move_article(session, moved, ArticleMove.DOWN, by=people.lidia)
    assert titles(session, people.max) == [(0, "А"), (0, "Б"), (0, "Г"), (0, "В")]


def test_an_article_changes_its_section_but_never_stands_below_itself(session, people):
    top = publish(session, "Техника", by=people.lidia)
    child = publish(session, "Цель", parent=top, by=people.lidia)
    with pytest.raises(Refused, match="below itself"):
        save(session, top, parent=child, by=people.lidia)
    save(session, child, parent=None, by=people.lidia)
    assert titles(session, people.max) == [(0, "Техника"), (0, "Цель")]


def test_keys_are_unique_and_plain(session, people):
    article = publish(session, "Цель", key="call_goal", by=people.lidia)
    other = publish(session, "Иное", by=people.lidia)
    with pytest.raises(Refused, match="belongs to “Цель”"):
        save(session, other, key="call_goal", by=people.lidia)
    with pytest.raises(Refused, match="small Latin letters"):
        save(session, other, key="Цель звонка", by=people.lidia)
    assert queries.get_by_key(session, "call_goal", people.max) is article
    with pytest.raises(Missing):
        queries.get_by_key(session, "nothing", people.max)


def test_only_what_was_never_published_is_thrown_away(session, people):
    draft = service.create_article(session, title="Скидки", by=people.lidia)
    service.remove_draft(session, draft, by=people.lidia)
    with pytest.raises(Missing):
        queries.get_article(session, draft.id, people.lidia)
    article = publish(session, "Цель", by=people.lidia)
    with pytest.raises(Refused, match="archive it"):
        service.remove_draft(session, article, by=people.lidia)
    log = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert log == ["article_begun", "article_removed", "article_begun", "article_published"]


def test_the_search_finds_russian_forms_and_phrases(session, people):
    body = "Договорились о **следующем шаге** с датой."
    closing = publish(session, "Завершение", body, by=people.lidia)
    publish(session, "Шаги и шаг", "Про следующий. И про шаг отдельно, дат нет.", by=people.lidia)
    assert [each.article_id for each in queries.search(session, parse('"следующий шаг" дата'))] == [
        closing.id
    ]
    found = queries.search(session, parse("шагов"))
    assert [each.title for each in found] == ["Шаги и шаг", "Завершение"]
    assert [word for word, hit in found[1].excerpt if hit] == ["шаге"]
    assert queries.search(session, parse("скидка")) == []


def test_a_question_meets_articles_that_may_answer_it(session, people):
    publish(session, "Возражения", "Клиент говорит «дорого» – уточняем, с чем сравнивает.", by=people.lidia)
    publish(session, "Приветствие", "Имя и компания.", by=people.lidia)
    found = queries.similar(session, "Что говорить, если клиенту дорого?")
    assert [each.title for each in found] == ["Возражения"]
    assert queries.similar(session, "?") == []


def test_the_book_goes_through_the_contents(session, people):
    top = publish(session, "Техника", by=people.lidia)
    publish(session, "Цель", parent=top, by=people.lidia)
    service.create_article(session, title="Черновик", by=people.lidia)
    assert [(depth, each.title) for depth, each in queries.book(session)] == [(0, "Техника"), (1, "Цель")]


def test_time_of_a_wording_is_when_it_was_published(session, people):
    article = publish(session, "Цель", by=people.lidia)
    wording = session.scalars(select(Wording)).one()
    assert wording.at - article.created_at < timedelta(minutes=1)
    assert wording.by_id == people.lidia.id
