"""What the audit log records of transcripts, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class TranscriptAction(Action):
    """What the audit log records of transcripts."""

    RENAME_SPEAKERS = "rename_speakers", N_("Speakers of a call renamed")
    CORRECT_SEGMENT = "correct_segment", N_("Text of a transcript corrected")
    ASSIGN_SPEAKER = "assign_speaker", N_("Speaker of a piece changed")
    REMOVE_SEGMENT = "remove_segment", N_("Piece of a transcript taken out")
    RESTORE_SEGMENT = "restore_segment", N_("Piece of a transcript put back")
    TRANSCRIPTION_RETRIED = "transcription_retried", N_("Transcription begun again")


AUDITED = AuditWords(
    actions=TranscriptAction,
    fields={
        "error": lazy("Error"),
        "segment": lazy("Piece"),
        "revision": lazy("Wording number"),
        "changed": lazy("Changed, but not kept here"),
        "speaker": lazy("Speaker"),
        "removed": lazy("Why taken out"),
        "manager_name": lazy("Name of the manager"),
    },
)
