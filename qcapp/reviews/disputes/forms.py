"""Disputing, deciding and correcting: one small form an answer, told apart by its prefix."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from qcapp.checklists.card import Item
from qcapp.core.forms import Form, options
from qcapp.core.i18n import _, lazy
from qcapp.reviews.disputes import rules
from qcapp.reviews.disputes.models import DisputedAnswer
from qcapp.reviews.disputes.rules import Decision
from qcapp.reviews.sheet import label_of

TEXT = 5_000
DECISIONS = {
    Decision.ACCEPTED: lazy("Accept"),
    Decision.PARTLY: lazy("Accept in part"),
    Decision.REJECTED: lazy("Reject"),
}
Data = MultiDict[str, str] | None


def stripped(value: str | None) -> str:
    return (value or "").strip()


class AskedForm(Form):
    """One answer of the review: contested as soon as another one is proposed."""

    proposed = SelectField(lazy("Should have been"))
    comment = TextAreaField(lazy("Why"), [Length(max=TEXT)], filters=[stripped])

    def validate_comment(self, field: TextAreaField) -> None:
        if self.proposed.data and not field.data:
            raise ValidationError(_("Say why you do not agree."))


class RulingForm(Form):
    """The decision on one disputed answer."""

    decision = RadioField(lazy("Decision"), [InputRequired()])
    value = SelectField(lazy("In part: the answer becomes"), validate_choice=False)
    reason = TextAreaField(lazy("Reason"), [Length(max=TEXT)], filters=[stripped])

    def validate_reason(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Say why."))

    def validate_value(self, field: SelectField) -> None:
        if self.decision.data == Decision.PARTLY and not field.data:
            raise ValidationError(_("Choose what the answer becomes."))


class CorrectedForm(Form):
    """The right answer to one item; empty: it stays."""

    value = SelectField(lazy("Right answer"))


class WhyForm(Form):
    why = TextAreaField(lazy("What was wrong"), [Length(max=TEXT)], filters=[stripped])

    def validate_why(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Say why the answers are corrected."))


def asked_form(data: Data, item: Item, given: str, language: str) -> AskedForm:
    form = AskedForm(data, prefix=f"{item.key}-")
    form.proposed.choices = _choices(item, rules.proposable(item, given), language, _("I agree"))
    return form


def ruling_form(data: Data, answer: DisputedAnswer, item: Item, language: str) -> RulingForm:
    form = RulingForm(data, prefix=f"{answer.id}-")
    between = rules.between(item, answer.given or "", answer.proposed)
    form.value.choices = _choices(item, between, language, "–")
    offered = [each for each in DECISIONS if between or each is not Decision.PARTLY]
    form.decision.choices = options((each.value, DECISIONS[each]) for each in offered)
    return form


def corrected_form(data: Data, item: Item, given: str, language: str) -> CorrectedForm:
    form = CorrectedForm(data, prefix=f"{item.key}-")
    form.value.choices = _choices(item, rules.proposable(item, given), language, _("Right as it is"))
    return form


def _choices(item: Item, values: Sequence[str], language: str, none: str) -> list[Any]:
    return options([("", none), *((value, label_of(item, value, language)) for value in values)])
