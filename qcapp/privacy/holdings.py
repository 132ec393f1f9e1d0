"""Everything the product keeps of clients, on one page: what each feature declares, in the order it can be erased."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, distinct, func, select
from sqlalchemy.orm import aliased

from qcapp.calls import personal as calls
from qcapp.calls.models import Call
from qcapp.coaching import personal as coaching
from qcapp.core.i18n import lazy
from qcapp.core.personal import ErasureFate, Holding
from qcapp.privacy.models import RetentionRule
from qcapp.reviews import personal as reviews
from qcapp.transcripts import personal as transcripts

SHARED = 3


def _in_own_words(ids: Sequence[int]) -> ColumnElement[bool]:
    """Calls with an outcome that is no word of a list: no rule names it and few clients have it.

    A call that was erased is nobody's, so it counts by itself.
    """
    other = aliased(Call)
    clients = func.count(distinct(func.coalesce(other.client_id, -other.id)))
    usual = select(other.outcome).where(other.outcome.is_not(None)).group_by(other.outcome)
    named = select(RetentionRule.outcome).where(RetentionRule.outcome.is_not(None))
    words = (Call.outcome.not_in(usual.having(clients >= SHARED)), Call.outcome.not_in(named))
    return and_(Call.id.in_(ids), *words)


OUTCOMES = Holding(
    lazy("Outcomes in the CRM in words of their own"),
    Call,
    (Call.outcome,),
    _in_own_words,
    ErasureFate.EMPTIED,
)
HOLDINGS: tuple[Holding, ...] = (
    *transcripts.HOLDINGS,
    *reviews.HOLDINGS,
    *coaching.HOLDINGS,
    OUTCOMES,
    *calls.HOLDINGS,
)
COVERED = tuple(each for each in HOLDINGS if each.fate is ErasureFate.COVERED)
