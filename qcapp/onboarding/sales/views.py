"""The pages of sales: what a manager has sold, entering one, and somebody else's word about it."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_login import current_user
from wtforms import DecimalField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from qcapp.core import local
from qcapp.core.dates import DateField
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.forms import Form, options
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires
from qcapp.onboarding.current import current_trainee, span_of
from qcapp.onboarding.sales import queries, service
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import SaleState
from qcapp.people.at_work import works_here
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed

sales = Blueprint("sales", __name__, url_prefix="/onboarding")
STATES = {
    SaleState.ENTERED: lazy("waits for confirmation"),
    SaleState.CONFIRMED: lazy("confirmed"),
    SaleState.REFUSED: lazy("not confirmed"),
}
TONES = {SaleState.ENTERED: "info", SaleState.CONFIRMED: "good", SaleState.REFUSED: "bad"}
MOST = 999_999_999_999  # what the column holds


def stripped(value: str | None) -> str:
    return (value or "").strip()


class SaleForm(Form):
    sold_on = DateField(lazy("Day of the sale"), [InputRequired()])
    amount = DecimalField(
        lazy("Amount"),
        [Optional(), NumberRange(min=0, max=MOST)],
        places=2,
        description=lazy("May be left empty."),
    )
    crm_ref = StringField(lazy("Number of the deal in the CRM"), [Length(max=200)], filters=[stripped])
    comment = TextAreaField(lazy("Comment"), [Length(max=5_000)], filters=[stripped])


class SaleDecisionForm(Form):
    decision = RadioField(
        lazy("Decision"),
        [InputRequired()],
        choices=options([(SaleState.CONFIRMED, lazy("Confirm")), (SaleState.REFUSED, lazy("Refuse"))]),
    )
    reason = TextAreaField(lazy("Why it is refused"), [Length(max=5_000)], filters=[stripped])

    def validate_reason(self, field: TextAreaField) -> None:
        if self.decision.data == SaleState.REFUSED and not field.data:
            raise ValidationError(_("Say why the sale does not count."))


class TakeBackForm(Form):
    reason = TextAreaField(
        lazy("Why the sale does not count"), [InputRequired(), Length(max=5_000)], filters=[stripped]
    )


def money(amount: Decimal) -> str:
    """With cents only where there are any."""
    return str(format_decimal(amount, "#,##0" if amount == int(amount) else "#,##0.00"))


@sales.context_processor
def words() -> dict[str, Any]:
    return {"sale_states": STATES, "sale_tones": TONES, "money": money}


@sales.get("/sales")
@requires(Permission.CONFIRM_SALES)
def waiting() -> str:
    """What the person is to confirm or refuse."""
    return render_template("sales/waiting.html", waiting=queries.waiting(db(), current_user))


@sales.get("/<int:manager_id>/sales")
@requires(Permission.VIEW_ONBOARDING)
def index(manager_id: int) -> str:
    manager = queries.manager_of(db(), manager_id, current_user)
    return _list(manager, SaleForm(data={"sold_on": local.today()}))


@sales.post("/<int:manager_id>/sales")
@requires(Permission.ENTER_SALES)
def enter(manager_id: int) -> Any:
    manager = queries.manager_of(db(), manager_id, current_user)
    form = SaleForm(request.form)
    if not form.validate():
        return _list(manager, form), 422
    try:
        service.enter_sale(
            db(),
            manager,
            sold_on=form.sold_on.data,
            amount=form.amount.data,
            crm_ref=form.crm_ref.data,
            comment=form.comment.data,
            by=current_user,
        )
    except Forbidden:
        raise
    except Refused as refusal:
        form.form_errors = list(refusal.reasons)
        return _list(manager, form), 422
    db().commit()
    flash(_("The sale is entered. It counts when somebody else has confirmed it."), "success")
    return redirect(url_for("sales.index", manager_id=manager.id), 303)


@sales.get("/sales/<int:sale_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(sale_id: int) -> str:
    return _page(queries.get_sale(db(), sale_id, current_user), SaleDecisionForm())


@sales.post("/sales/<int:sale_id>/decide")
@requires(Permission.CONFIRM_SALES)
def decide(sale_id: int) -> Any:
    sale = queries.get_sale(db(), sale_id, current_user)
    form = SaleDecisionForm(request.form)
    if not form.validate():
        return _page(sale, form), 422
    if form.decision.data == SaleState.CONFIRMED:
        service.confirm_sale(db(), sale, by=current_user)
        told = _("The sale is confirmed. The manager has been told.")
    else:
        service.refuse_sale(db(), sale, form.reason.data, by=current_user)
        told = _("The sale is refused. The manager has been told.")
    db().commit()
    flash(told, "success")
    return redirect(url_for("sales.waiting"), 303)


@sales.post("/sales/<int:sale_id>/take-back")
@requires(Permission.CONFIRM_SALES)
def take_back(sale_id: int) -> Any:
    sale = queries.get_sale(db(), sale_id, current_user)
    form = TakeBackForm(request.form)
    if not form.validate():
        return _page(sale, SaleDecisionForm(), form), 422
    service.take_back_sale(db(), sale, form.reason.data, by=current_user)
    db().commit()
    flash(_("The sale does not count any more. The manager has been told."), "success")
    return redirect(url_for("sales.show", sale_id=sale_id), 303)


def _list(manager: User, form: SaleForm) -> str:
    before = request.args.get("before", type=int)
    rows, older = queries.sales_of(db(), manager, before=before)
    since = _counted_since(manager)
    return render_template(
        "sales/index.html",
        manager=manager,
        sales=rows,
        older=older,
        before=before,
        form=form,
        today=local.today(),
        since=since,
        enters=works_here(manager) and allowed(db(), current_user, Permission.ENTER_SALES, manager.id),
        waits=since is not None and since > local.today(),
        decides=service.may_decide_of(db(), rows, current_user),
    )


def _counted_since(manager: User) -> date | None:
    """The first day that counts, where an earlier onboarding has ended before it."""
    trainee = current_trainee(db(), manager.id)
    span = span_of(db(), trainee) if trainee else None
    return span.first_day if span and span.after else None


def _page(sale: Sale, form: SaleDecisionForm, back: TakeBackForm | None = None) -> str:
    return render_template(
        "sales/show.html",
        sale=sale,
        form=form,
        back=back or TakeBackForm(),
        decides=service.may_decide(db(), sale, current_user),
        takes_back=service.may_take_back(db(), sale, current_user),
    )
