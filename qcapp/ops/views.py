"""``/health`` for load balancers and ``/metrics`` for Prometheus."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from qcapp.core import web
from qcapp.ops import metrics, migrating
from qcapp.ops.health import Health
from qcapp.people.permissions import Permission
from qcapp.transcripts.engine.model_files import is_installed

operations = Blueprint("ops", __name__)


@operations.get("/health")
@web.public
def health() -> Any:
    """200 while every part works, else 503; which one, but no more than that."""
    answers = _health().answers()
    response = jsonify(status="ok" if all(answers.values()) else "failing", checks=answers)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if all(answers.values()) else 503


@operations.get("/metrics")
@web.requires(Permission.READ_METRICS)
def show_metrics() -> Response:
    queue = current_app.extensions["qcapp_jobs"]
    return Response(
        metrics.expose(web.db(), queue, web.settings().data_dir), content_type=CONTENT_TYPE_LATEST
    )


def _health() -> Health:
    """One for the application, made at the first question."""
    if "qcapp_health" not in current_app.extensions:
        database, settings = web.database(), web.settings()

        def ask_database() -> None:
            migrating.demand_current(database.engine)

        def look_for_model() -> None:
            if not is_installed(settings.whisper_model, settings.data_dir):
                raise FileNotFoundError("no model")

        current_app.extensions["qcapp_health"] = Health(
            {
                "database": ask_database,
                "storage": web.storage().check,
                "queue": current_app.extensions["qcapp_jobs"].waiting,
                "model": look_for_model,
            }
        )
    found: Health = current_app.extensions["qcapp_health"]
    return found
