"""Calls in which a manager speaks by the own script, or by somebody else's."""

from datetime import timedelta

from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.callscripts.wording import Objection
from qcapp.core import clock
from qcapp.people.models import User
from tests.callscripts.scripts import approve, wording
from tests.factories.calls import FIRST, make_call
from tests.factories.transcripts import make_transcript

SCRIPT = wording(
    (
        Objection("Дорого", "Подскажите, с чем сравниваете и какую сумму закладывали?"),
        Objection("Я подумаю", "Над чем именно хочется подумать, над ценой или сроками?"),
    ),
    greeting="Здравствуйте! Меня зовут Максим, веб-студия «Северный сайт». Удобно говорить?",
    goal="Звоню договориться о короткой встрече и показать разбор вашего сайта.",
)
SAID = (
    (1, 0.5, 1.5, "Алло, слушаю."),
    (0, 2.0, 8.0, "Здравствуйте, меня зовут Максим, студия Северный сайт, вам удобно говорить?"),
    (1, 9.0, 12.0, "Слушаю. Но это, наверное, дорого."),
    (0, 62.0, 68.0, "А подскажите, с чем вы сравниваете, какую сумму закладывали?"),
    (
        0,
        90.0,
        110.0,
        "У нас большая скидка, фурнитура итальянская, молния крепкая, подкладка плотная, швы двойные, "
        "кожа натуральная, ручки усиленные, колёсики прорезиненные.",
    ),
    (0, 120.0, 122.0, "Ну, с большими, как бы, скидками."),
)


def scripted(session: Session, manager: User, judge: User) -> None:
    """The script is in force since the day before the first call."""
    with clock.at(FIRST - timedelta(days=1)):
        approve(session, manager, judge, SCRIPT)


def spoken_call(session: Session, manager: User, *said: tuple[int, float, float, str]) -> Call:
    """A call with a transcript."""
    call = make_call(session, manager, transcribed=False)
    make_transcript(session, call, *(said or SAID))
    return call
