"""When a call began, as pages and notices say it: not every import tells."""

from typing import Any

from flask import Flask

from qcapp.core.formats import local_datetime
from qcapp.core.i18n import _

AnyCall = Any  # a Call, or a row of a list with the same columns


def call_time(call: AnyCall) -> str:
    """Day and minute, standing alone."""
    return local_datetime(call.started_at) if call.start_known else _("time not known")


def call_date(call: AnyCall) -> str:
    """The same within a sentence: the call of …"""
    return local_datetime(call.started_at) if call.start_known else _("an unknown time")


def noted_start(call: AnyCall) -> str | None:
    """The same as notices keep it."""
    return call.started_at.isoformat() if call.start_known else None


def init_app(app: Flask) -> None:
    app.add_template_filter(call_time)
    app.add_template_filter(call_date)
