"""The API for a CRM that distributes leads: who is cleared, and what is missing where somebody is not.

Described in qcapp/calls/openapi.json with the rest of the API.
"""

from typing import Any

from flask import Blueprint, jsonify

from qcapp.core.web import db, requires
from qcapp.onboarding.clearance.queries import standing_of
from qcapp.onboarding.words import sentence
from qcapp.people.access import me
from qcapp.people.permissions import Permission

api = Blueprint("api_clearance", __name__, url_prefix="/api/v1")


@api.get("/managers/<int:manager_id>/clearance")
@requires(Permission.READ_CLEARANCE)
def clearance(manager_id: int) -> Any:
    standing = standing_of(db(), manager_id, me(), Permission.READ_CLEARANCE)
    return jsonify(
        **standing.told(),
        missing=[
            {
                "key": state.kind,
                "stage": state.stage,
                "have": state.have,
                "need": state.need,
                "sentence": sentence(state),
            }
            for state in standing.missing
        ],
    )
