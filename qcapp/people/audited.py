"""What the audit log records of people, their accounts, teams, roles lent and tokens, in words."""

from qcapp.core.audit import Action, LogAction
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords, labels_of
from qcapp.people.models import TokenScope
from qcapp.terms import N_, Role


class PeopleAction(Action):
    """What the audit log records of people, their accounts, teams, roles lent and tokens."""

    SIGNED_IN = "signed_in", N_("Signed in")
    SIGNED_OUT = "signed_out", N_("Signed out")
    SIGN_IN_FAILED = "sign_in_failed", N_("Sign-in failed")
    PASSWORD_CHANGED = "password_changed", N_("Own password changed")
    PASSWORD_RESET = "password_reset", N_("New password given")
    USER_ADDED = "user_added", N_("Person added")
    USER_CHANGED = "user_changed", N_("Person changed")
    USER_DEACTIVATED = "user_deactivated", N_("Person deactivated")
    USER_REACTIVATED = "user_reactivated", N_("Person reactivated")
    ACCOUNT_CONFIRMED = "account_confirmed", N_("Account confirmed")
    ACCOUNT_REFUSED = "account_refused", N_("Account refused")
    ROLE_LENT = "role_lent", N_("Role lent for a time")
    ROLE_LENT_CONFIRMED = "role_lent_confirmed", N_("Lent role confirmed")
    ROLE_TAKEN_BACK = "role_taken_back", N_("Lent role taken back")
    HANDED_OVER = "handed_over", N_("Calls and clients handed over")
    HANDOVER_RETURNED = "handover_returned", N_("Handed-over calls and clients returned")
    TEAM_ADDED = "team_added", N_("Team added")
    TEAM_CHANGED = "team_changed", N_("Team changed")
    TOKEN_ISSUED = "token_issued", N_("API token issued")
    TOKEN_REVOKED = "token_revoked", N_("API token revoked")


AUDITED = AuditWords(
    actions=[*LogAction, *PeopleAction],
    kinds={
        "audit": lazy("Audit log"),
        "user": lazy("Person"),
        "delegation": lazy("Lent role"),
        "handover": lazy("Handover of clients"),
        "team": lazy("Team"),
        "token": lazy("API token"),
    },
    fields={
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
        "version": lazy("Version"),
        "manager": lazy("Manager"),
        "purpose": lazy("Purpose"),
        "reason": lazy("Why"),
        "kind": lazy("Kind"),
        "period": lazy("Period"),
        "conditions": lazy("Conditions"),
        "calls": lazy("Calls"),
        "notes": lazy("Notes"),
        "state": lazy("State"),
        "file": lazy("File"),
        "format": lazy("Format"),
        "text": lazy("Text"),
        "lender": lazy("For whom"),
        "holder": lazy("Stands in"),
        "giver": lazy("From whom"),
        "taker": lazy("To whom"),
        "since": lazy("From"),
        "until": lazy("Until"),
        "items_added": lazy("Items added"),
        "items_removed": lazy("Items removed"),
        "items_changed": lazy("Items changed"),
        "attempt": lazy("Attempt"),
        "started_at": lazy("Started"),
        "direction": lazy("Direction"),
        "phone": lazy("Client's phone"),
        "client_name": lazy("Name of the client"),
        "number": lazy("Number"),
        "outcome": lazy("Outcome"),
        "files": lazy("Files"),
        "tags": lazy("Tags"),
        "company": lazy("Client's company"),
        "category": lazy("Client's category"),
        "entries": lazy("Entries"),
        "former_hash": lazy("Last hash before"),
        "sound": lazy("Sound until then"),
        "noted_entry_found": lazy("Last entry noted is there"),
        "rows": lazy("Number of entries"),
        "made_at": lazy("Made at"),
    },
    values={
        "role": labels_of(Role),
        "scope": labels_of(TokenScope),
    },
)
