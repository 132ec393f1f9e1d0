"""The audit log in words: what actions, things and fields are called, and an entry as a person reads it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.support import LazyProxy
from flask_babel import format_decimal
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qcapp.core.audit import ERASED, Action, AuditEntry
from qcapp.core.i18n import _, lazy
from qcapp.core.numbers import without_numbers
from qcapp.core.templating import local_datetime
from qcapp.people import labels, queries
from qcapp.people.models import ApiToken, Team, TokenScope
from qcapp.people.notice_words import LEADS, MOMENT

ACTIONS: dict[Action, LazyProxy] = {
    "refused": lazy("Attempt refused"),
    "audit_sealed": lazy("Audit log sealed with a key"),
    "audit_rekeyed": lazy("Key of the audit log lost, a new one made"),
    "backup_restored": lazy("Backup restored"),
    "audit_facts_erased": lazy("Personal facts erased from the audit log"),
    "signed_in": lazy("Signed in"),
    "signed_out": lazy("Signed out"),
    "sign_in_failed": lazy("Sign-in failed"),
    "attempts_left_out": lazy("Refused attempts left out of the log"),
    "password_changed": lazy("Own password changed"),
    "password_reset": lazy("New password given"),
    "user_added": lazy("Person added"),
    "user_changed": lazy("Person changed"),
    "user_deactivated": lazy("Person deactivated"),
    "user_reactivated": lazy("Person reactivated"),
    "account_confirmed": lazy("Account confirmed"),
    "account_refused": lazy("Account refused"),
    "article_begun": lazy("Article begun"),
    "article_asked": lazy("Article asked for"),
    "article_published": lazy("Article published"),
    "article_archived": lazy("Article archived"),
    "article_restored": lazy("Article taken out of the archive"),
    "article_removed": lazy("Draft of an article removed"),
    "article_read": lazy("Article read"),
    "export_knowledge": lazy("Articles exported"),
    "role_lent": lazy("Role lent for a time"),
    "role_lent_confirmed": lazy("Lent role confirmed"),
    "role_taken_back": lazy("Lent role taken back"),
    "handed_over": lazy("Calls and clients handed over"),
    "handover_returned": lazy("Handed-over calls and clients returned"),
    "team_added": lazy("Team added"),
    "team_changed": lazy("Team changed"),
    "token_issued": lazy("API token issued"),
    "calls_imported": lazy("Calls imported"),
    "call_corrected": lazy("Facts of a call corrected"),
    "managers_found": lazy("Managers of calls found"),
    "export_import_report": lazy("Report of an import exported"),
    "export_results": lazy("Results exported"),
    "installation_moved": lazy("Installation moved to another database"),
    "file_mended": lazy("Stored file put right"),
    "file_removed": lazy("Unknown stored file deleted"),
    "token_revoked": lazy("API token revoked"),
    "export_recording": lazy("Recording exported"),
    "client_searched": lazy("Client's data looked for"),
    "client_handed_out": lazy("Client's data handed out"),
    "client_data_erased": lazy("Client's data erased"),
    "client_data_aged": lazy("Data erased by age"),
    "retention_set": lazy("Time of keeping set"),
    "retention_removed": lazy("Rule of keeping removed"),
    "place_manager": lazy("Sides of a call swapped"),
    "rename_speakers": lazy("Speakers of a call renamed"),
    "correct_segment": lazy("Text of a transcript corrected"),
    "assign_speaker": lazy("Speaker of a piece changed"),
    "remove_segment": lazy("Piece of a transcript taken out"),
    "restore_segment": lazy("Piece of a transcript put back"),
    "transcription_retried": lazy("Transcription begun again"),
    "checklist_loaded": lazy("Checklist loaded"),
    "checklist_replaced": lazy("Checklist replaced"),
    "checklist_published": lazy("Checklist published"),
    "checklist_purpose": lazy("Purpose of a checklist changed"),
    "checklist_created": lazy("Checklist begun"),
    "checklist_draft_begun": lazy("Draft of a checklist begun"),
    "checklist_draft_discarded": lazy("Draft of a checklist removed"),
    "checklist_owner": lazy("Owner of a checklist changed"),
    "checklist_shadow_started": lazy("Checklist tried in the shadow"),
    "checklist_shadow_stopped": lazy("Trial in the shadow ended"),
    "checklist_archived": lazy("Checklist archived"),
    "checklist_restored": lazy("Checklist put in force again"),
    "checklist_trial_set": lazy("Trial of a checklist set"),
    "export_checklist": lazy("Checklist exported"),
    "review_begun": lazy("Review begun"),
    "review_published": lazy("Review published"),
    "review_discarded": lazy("Draft of a review removed"),
    "review_acknowledged": lazy("Review read by the manager"),
    "call_reopened": lazy("Call with its reviewer again"),
    "review_scheduled": lazy("Review set to be published later"),
    "review_withdrawn": lazy("Review made a draft again"),
    "dispute_opened": lazy("Review disputed"),
    "dispute_decided": lazy("Dispute decided"),
    "answers_corrected": lazy("Published answers corrected"),
    "recall_opened": lazy("Re-call task opened"),
    "recall_closed": lazy("Re-call task closed"),
    "call_queued": lazy("Call put into the queue"),
    "call_taken": lazy("Call of the queue taken"),
    "call_released": lazy("Call given back to the queue"),
    "call_reassigned": lazy("Call handed to another reviewer"),
    "call_removed": lazy("Call taken out of the queue"),
    "call_done": lazy("Call of the queue scored"),
    "plan_made": lazy("Sampling plan made"),
    "plan_changed": lazy("Sampling plan changed"),
    "plan_stopped": lazy("Sampling plan stopped"),
    "plan_resumed": lazy("Sampling plan resumed"),
    "plan_drawn": lazy("Sampling plan drawn"),
    "talk_written": lazy("Report of a contact plan written"),
    "script_begun": lazy("Draft of a script begun"),
    "script_discarded": lazy("Draft of a script removed"),
    "script_submitted": lazy("Draft of a script handed in"),
    "script_commented": lazy("Comment on a script"),
    "script_returned": lazy("Draft of a script returned"),
    "script_approved": lazy("Draft of a script approved"),
    "export_script": lazy("Script exported"),
    "phrase_added": lazy("Foreign phrase listed"),
    "phrase_retired": lazy("Foreign phrase taken off the list"),
    "onboarding_begun": lazy("Onboarding begun"),
    "coach_chosen": lazy("Coach of a trainee chosen"),
    "stage_left": lazy("Stage of a trainee left"),
    "program_loaded": lazy("Program of onboarding loaded"),
    "program_draft_begun": lazy("Draft of a program begun"),
    "program_draft_discarded": lazy("Draft of a program removed"),
    "program_published": lazy("Program of onboarding published"),
    "export_program": lazy("Program of onboarding exported"),
    "calibration_planned": lazy("Calibration planned"),
    "calibration_blind_ended": lazy("Scoring of a calibration ended"),
    "calibration_reference_set": lazy("Reference answers of a calibration set"),
    "calibration_closed": lazy("Calibration closed"),
    "calibration_cancelled": lazy("Calibration cancelled"),
    "work_submitted": lazy("Work of the first day handed in"),
    "work_accepted": lazy("Work of the first day accepted"),
    "work_returned": lazy("Work of the first day returned"),
    "lesson_confirmed": lazy("Lesson confirmed"),
    "exam_begun": lazy("Exam begun"),
    "exam_finished": lazy("Exam finished"),
    "exam_discarded": lazy("Unfinished exam removed"),
    "exam_recorded": lazy("Recording added to an exam"),
    "sale_entered": lazy("Sale entered"),
    "sale_confirmed": lazy("Sale confirmed"),
    "sale_refused": lazy("Sale refused"),
    "overdue_prolong": lazy("More time given for a stage"),
    "overdue_repeat": lazy("Onboarding begun again, because its time was over"),
    "overdue_part": lazy("Parted with a trainee"),
    "clearance_granted": lazy("Cleared for hot leads"),
    "clearance_refused": lazy("Clearance refused"),
    "clearance_revoked": lazy("Clearance taken away"),
    "clearance_declared": lazy("Declared staff without onboarding"),
    "export_board": lazy("Board of trainees exported"),
    "lead_flagged": lazy("Call from a lead that was not allowed"),
    "lead_flag_taken_back": lazy("Flag of a call taken back"),
    "webhook_resent": lazy("Message to the CRM sent once more"),
    "coaching_held": lazy("Coaching session written down"),
    "coaching_edited": lazy("Coaching session changed"),
    "coaching_acknowledged": lazy("Coaching session read by the manager"),
    "coaching_task_agreed": lazy("Coaching task agreed"),
    "coaching_task_closed": lazy("Coaching task closed"),
    "coaching_recheck_linked": lazy("Call to check a coaching task on chosen"),
}
KINDS = {
    "audit": lazy("Audit log"),
    "erasure": lazy("Erasure"),
    "call": lazy("Call"),
    "client": lazy("Client"),
    "retention": lazy("Rule of keeping"),
    "review": lazy("Review"),
    "work": lazy("Work of the first day"),
    "exam": lazy("Exam"),
    "sale": lazy("Sale"),
    "dispute": lazy("Dispute"),
    "recall": lazy("Re-call"),
    "calibration": lazy("Calibration"),
    "coaching": lazy("Coaching session"),
    "coaching_task": lazy("Coaching task"),
    "assignment": lazy("Place in the queue"),
    "plan": lazy("Sampling plan"),
    "results": lazy("Results"),
    "checklist": lazy("Checklist"),
    "trainee": lazy("Trainee"),
    "program": lazy("Program of onboarding"),
    "script_draft": lazy("Draft of a script"),
    "phrase": lazy("Foreign phrase"),
    "import": lazy("Import"),
    "webhook": lazy("Message to the CRM"),
    "board": lazy("Board of trainees"),
    "user": lazy("Person"),
    "article": lazy("Article"),
    "knowledge": lazy("Knowledge base"),
    "delegation": lazy("Lent role"),
    "handover": lazy("Handover of clients"),
    "team": lazy("Team"),
    "token": lazy("API token"),
    "file": lazy("Stored file"),
}
FIELDS = {
    "clients": lazy("Clients"),
    "sound_days": lazy("Recordings, days"),
    "text_days": lazy("Texts and number, days"),
    "recordings": lazy("Recordings"),
    "texts": lazy("Calls without texts"),
    "name": lazy("Name"),
    "login": lazy("Login"),
    "email": lazy("E-mail"),
    "role": lazy("Role"),
    "team": lazy("Team"),
    "extensions": lazy("Telephone extensions"),
    "locale": lazy("Language"),
    "head": lazy("Head of sales"),
    "members": lazy("Members"),
    "scope": lazy("Scope"),
    "acts_as": lazy("Acts as"),
    "address": lazy("Address"),
    "many": lazy("How many"),
    "api_token": lazy("API token"),
    "call": lazy("Call"),
    "checklist": lazy("Checklist"),
    "version": lazy("Version"),
    "score": lazy("Score"),
    "manager": lazy("Manager"),
    "phrase": lazy("Phrase"),
    "purpose": lazy("Purpose"),
    "publish_at": lazy("To be published"),
    "reviewer": lazy("Reviewer"),
    "reason": lazy("Why"),
    "kind": lazy("Kind"),
    "period": lazy("Period"),
    "per_manager": lazy("Of every manager"),
    "conditions": lazy("Conditions"),
    "due_days": lazy("Days to score after the period"),
    "priority": lazy("Priority"),
    "first_day": lazy("First day"),
    "talked_on": lazy("Day of the talk"),
    "calls": lazy("Calls"),
    "reviewers": lazy("Reviewers"),
    "answers": lazy("Answers"),
    "decision": lazy("Decision"),
    "not_counted": lazy("Told, not counted"),
    "draft": lazy("Draft"),
    "block": lazy("Block of the script"),
    "starter": lazy("Began from"),
    "items": lazy("Items of the checklist"),
    "item": lazy("Item of the checklist"),
    "topic": lazy("Topic"),
    "notes": lazy("Notes"),
    "task": lazy("Task"),
    "due": lazy("Due"),
    "state": lazy("State"),
    "review": lazy("Review"),
    "source": lazy("Source"),
    "file": lazy("File"),
    "format": lazy("Format"),
    "error": lazy("Error"),
    "segment": lazy("Piece"),
    "text": lazy("Text"),
    "revision": lazy("Wording number"),
    "changed": lazy("Changed, but not kept here"),
    "speaker": lazy("Speaker"),
    "removed": lazy("Why taken out"),
    "title": lazy("Title"),
    "question": lazy("Question"),
    "lender": lazy("For whom"),
    "holder": lazy("Stands in"),
    "giver": lazy("From whom"),
    "taker": lazy("To whom"),
    "since": lazy("From"),
    "until": lazy("Until"),
    "owner": lazy("Card owner"),
    "like": lazy("Like"),
    "review_on": lazy("Trial until"),
    "items_added": lazy("Items added"),
    "items_removed": lazy("Items removed"),
    "items_changed": lazy("Items changed"),
    "lead_source": lazy("Lead source"),
    "computed": lazy("Every condition met"),
    "missing": lazy("Not met"),
    "stage": lazy("Stage"),
    "attempt": lazy("Attempt"),
    "result": lazy("Result"),
    "coach": lazy("Coach"),
    "started_on": lazy("Began on"),
    "event": lazy("Event"),
    "manager_channel": lazy("Channel of the manager"),
    "manager_name": lazy("Name of the manager"),
    "client_name": lazy("Name of the client"),
    "deliverable": lazy("Work of the first day"),
    "number": lazy("Number"),
    "lesson": lazy("Lesson"),
    "mark": lazy("Mark"),
    "passed": lazy("Passed"),
    "failed_items": lazy("Critical errors"),
    "sold_on": lazy("Day of the sale"),
    "contact_no": lazy("Contact"),
    "outcome": lazy("Outcome"),
    "fault": lazy("What was wrong"),
    "database_rows": lazy("Rows of the database"),
    "files": lazy("Files"),
    "tags": lazy("Tags"),
    "company": lazy("Client's company"),
    "category": lazy("Client's category"),
    "imported": lazy("imported"),
    "duplicate": lazy("known already"),
    "refused": lazy("refused"),
    "cdr_without_audio": lazy("CDR without a recording"),
    "audio_without_cdr": lazy("recording without a CDR"),
    "without_manager": lazy("call without a manager"),
    "notice": lazy("to be checked"),
    "entries": lazy("Entries"),
    "former_hash": lazy("Last hash before"),
    "sound": lazy("Sound until then"),
    "noted_entry_found": lazy("Last entry noted is there"),
    "rows": lazy("Entries changed"),
    "made_at": lazy("Made at"),
    "noted_entry": lazy("Last entry noted"),
}
_NAMED = {
    **dict.fromkeys(("manager", "coach", "head", "members", "owner", "reviewer", "reviewers"), "user"),
    **dict.fromkeys(("lender", "holder", "giver", "taker", "acts_as"), "user"),
    "team": "team",
}  # fields that hold ids, and of what
Facts = dict[str, tuple[Any, ...]]
CHANGE = {"before", "after"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LISTS = (
    "extensions",
    "members",
    "items_added",
    "items_removed",
    "items_changed",
    "failed_items",
)  # two of them are no change
_VALUES: dict[str, Mapping[Any, Any]] = {
    "attempt": ACTIONS,
    "changed": FIELDS,
    "role": {role.value: label for role, label in labels.ROLES.items()},
    "scope": {scope.value: labels.SCOPES[scope] for scope in TokenScope},
    "stage": {stage.value: label for stage, label in labels.STAGES.items()},
    "deliverable": {"spve": lazy("SPVE table"), "reasons": lazy("List of reasons")},
    "lead_source": LEADS,
    "reason": {"after_a_break": lazy("the account was closed or had another role meanwhile")},
    "result": {
        "passed": lazy("stage passed"),
        "failed": lazy("exam not passed"),
        "repeated": lazy("everything again, by decision"),
        "parted": lazy("parted"),
        "revoked": lazy("clearance taken away"),
    },
    "decision": {
        "accepted": lazy("accepted"),
        "partly": lazy("accepted in part"),
        "rejected": lazy("rejected"),
    },
    "fault": {
        "missing": lazy("not in the storage"),
        "changed": lazy("its bytes have changed"),
        "unreadable": lazy("cannot be read"),
        "unknown": lazy("no row names it"),
    },
    "purpose": {
        "counted": lazy("counts"),
        "shadow": lazy("trial in the shadow"),
        "calibration": lazy("calibration"),
    },
    "period": {"day": lazy("a day"), "week": lazy("a week"), "month": lazy("a month")},
}


@dataclass(frozen=True)
class Change:
    """One field of an entry; ``before`` is None where nothing was replaced."""

    field: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Told:
    """An entry for the page. ``user_id`` is the person it is about, if it is about one."""

    id: int
    at: datetime
    who: str
    action: str
    refused: bool
    thing: str
    user_id: int | None
    changes: list[Change]


def told(session: Session, entries: Sequence[AuditEntry]) -> list[Told]:
    """The entries in words, with the names of the people, teams and tokens they speak of."""
    about = {kind: _ids(entries, kind) for kind in ("user", "team", "token")}
    sealed = session.scalar(select(func.min(AuditEntry.id)).where(AuditEntry.action == "audit_sealed")) or 0
    facts = {entry.id: _facts(entry, as_of_old=entry.id < sealed) for entry in entries}
    for fact in facts.values():
        for field, kind in _NAMED.items():
            about[kind].update(_numbers_in(fact.get(field)))
    actors = {entry.by_id for entry in entries if entry.by_id}
    names = {
        "user": queries.names_of(session, about["user"] | actors),
        "team": _names(session, select(Team).where(Team.id.in_(about["team"]))),
        "token": _names(session, select(ApiToken).where(ApiToken.id.in_(about["token"]))),
    }
    return [_told(entry, facts[entry.id], names) for entry in entries]


def _names(session: Session, named: Select[Team] | Select[ApiToken]) -> dict[int, str]:
    return {row.id: row.name for row in session.scalars(named)}


def _numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _numbers_in(each)
    elif isinstance(value, int):
        yield value


def _named(value: Any, names: dict[int, str]) -> Any:
    """The value with names in place of ids, however deep in lists; entries of older versions hold names."""
    if isinstance(value, list | tuple):
        return type(value)(_named(each, names) for each in value)
    return names.get(value, value) if isinstance(value, int) else value


def _facts(entry: AuditEntry, *, as_of_old: bool) -> Facts:
    """The facts as (before, after), or (fact,) where nothing was replaced.

    Before the log had a key, a change was written as a list of two, which a list of two things may be as well.
    """
    facts: Facts = {}
    for name, value in entry.diff.items():
        if isinstance(value, dict) and value.keys() == CHANGE:
            facts[name] = value["before"], value["after"]
        elif as_of_old and isinstance(value, list) and len(value) == 2 and _was_change(name, value):
            facts[name] = value[0], value[1]
        else:
            facts[name] = (value,)
    if entry.action == "audit_facts_erased":
        facts["rows"] = (list(entry.diff["rows"]),)
    return facts


def _was_change(name: str, value: list[Any]) -> bool:
    return name not in _LISTS or all(isinstance(side, list) for side in value)


def _told(entry: AuditEntry, facts: Facts, names: dict[str, dict[int, str]]) -> Told:
    people = names["user"]
    kind, key = _parts(entry.thing)
    number = int(key) if key.isdecimal() else None
    refused = entry.action == "refused"
    if refused:
        thing = f"{entry.diff.get('method', '')} {entry.diff.get('path', '')}"
        shown = {name: fact for name, fact in facts.items() if name not in ("method", "path")}
    else:
        known = names.get(kind, {}).get(number or 0)
        thing = known or f"{KINDS.get(kind, kind)} {key}".strip()
        shown = {
            field: _named(fact, names[_NAMED[field]]) if field in _NAMED else fact
            for field, fact in facts.items()
        }
    return Told(
        id=entry.id,
        at=entry.at,
        who=people.get(entry.by_id, "") if entry.by_id else _("(the product)"),
        action=str(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action,
        refused=refused,
        thing=thing,
        user_id=number if kind == "user" and number in people else None,
        changes=[_change(name, fact) for name, fact in sorted(shown.items())],
    )


def _change(name: str, fact: tuple[Any, ...]) -> Change:
    words = _VALUES.get(name, {})
    label = str(FIELDS.get(name, name.replace("_", " ")))
    *before, after = (_text(side, words) for side in fact)
    return Change(label, before[0] if before else None, after)


def _text(value: Any, words: Mapping[Any, Any]) -> str:
    if value == ERASED:
        return _("(erased)")
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return str(format_decimal(value, "0.#"))
    if isinstance(value, list | dict):
        parts = value.values() if isinstance(value, dict) else value
        return ", ".join(_text(part, words) for part in parts)
    return _said(value, words) if isinstance(value, str) else str(value)


def _said(value: str, words: Mapping[Any, Any]) -> str:
    if MOMENT.fullmatch(value):
        return local_datetime(datetime.fromisoformat(value))
    if _DAY.fullmatch(value):
        return ".".join(reversed(value.split("-")))
    return str(words[value]) if value in words else without_numbers(value)


def _ids(entries: Sequence[AuditEntry], kind: str) -> set[int]:
    things = (_parts(entry.thing) for entry in entries)
    return {int(key) for of, key in things if of == kind and key.isdecimal()}


def _parts(thing: str) -> tuple[str, str]:
    kind, _colon, key = thing.partition(":")
    return kind, key
