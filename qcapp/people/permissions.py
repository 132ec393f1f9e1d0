"""The whole access policy on one page: what can be done, by which role, and over whose calls.

A role holds a permission within a ``Scope``. Views ask ``requires``, services ``demand``; lists are
filtered by ``within``, single objects by ``allowed``; all read the table below. What is not listed is denied.
Somebody who stands in for another has that person's role besides his own, over what is that person's.
An account of a role that may more about others than an administrator grants nothing until somebody entitled has
confirmed it.
"""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from qcapp.core import clock
from qcapp.core.errors import Forbidden
from qcapp.core.i18n import _
from qcapp.people.models import Delegation, Handover, Team, TokenScope, User
from qcapp.terms import Role


class Permission(StrEnum):
    VIEW_CALLS = "view_calls"
    """See that a call took place: when, who, how long."""
    LISTEN = "listen"
    """Hear a recording and read its transcript."""
    SEE_PHONES = "see_phones"
    """See clients' telephone numbers unmasked."""
    CORRECT_TRANSCRIPT = "correct_transcript"
    """Correct the text, the speakers and the sides of a transcript."""
    CORRECT_CALLS = "correct_calls"
    """Say whose call it was, from what lead and which contact with the client."""
    CORRECT_SCORED_CALLS = "correct_scored_calls"
    """Correct, with a reason, what a published score counts by: manager, start, direction, lead source and contact."""
    IMPORT_CALLS = "import_calls"
    """Bring recordings and CDR in, and read the reports of imports."""
    TRANSCRIBE = "transcribe"
    """Have a recording transcribed again after a failure."""
    EXPORT = "export"
    """Take data out of the product as a file; every use is logged."""
    VIEW_CHECKLISTS = "view_checklists"
    """Read checklists with their guides."""
    EDIT_CHECKLISTS = "edit_checklists"
    """Load, publish and archive checklists."""
    REVIEW = "review"
    """Score calls and publish the scores."""
    READ_REVIEWS = "read_reviews"
    """Read every review, drafts of others excepted."""
    READ_PUBLISHED = "read_published"
    """Read published reviews."""
    ACKNOWLEDGE = "acknowledge"
    """Say that one's own published review, or what was written of a coaching session, has been read."""
    DISPUTE = "dispute"
    """Contest single answers of one's own published review."""
    DECIDE_DISPUTES = "decide_disputes"
    """Decide disputes over reviews that one has not made, and read their statistics."""
    VIEW_PLANS = "view_plans"
    """See sampling plans, the queue of all reviewers, and what is overdue."""
    PLAN = "plan"
    """Plan samples, hand calls to reviewers and take them back."""
    CALIBRATE = "calibrate"
    """Run calibrations: choose calls and reviewers, set the reference, close."""
    READ_RESULTS = "read_results"
    """Read what published reviews show by manager, section, item and period."""
    RECALL = "recall"
    """Have lost clients called again, and say what came of it."""
    WRITE_SCRIPT = "write_script"
    """Write the own script and hand drafts in."""
    READ_SCRIPTS = "read_scripts"
    """Read scripts that were handed in, with what was said about them."""
    JUDGE_SCRIPTS = "judge_scripts"
    """Comment on drafts of scripts, approve them or return them."""
    KEEP_PHRASES = "keep_phrases"
    """Keep the list of forbidden phrases that nobody here is to say."""
    READ_KNOWLEDGE = "read_knowledge"
    """Read instructions, say that one has read them, and ask where there is none."""
    EDIT_KNOWLEDGE = "edit_knowledge"
    """Write instructions, and see who has read them."""
    VIEW_ONBOARDING = "view_onboarding"
    """See where trainees stand and what each lacks for clearance."""
    RUN_ONBOARDING = "run_onboarding"
    """Begin the onboarding of managers, give them coaches, and see hiring by week."""
    TRAIN = "train"
    """Accept trainees' work and hold exams."""
    LEARN = "learn"
    """Go through one's own onboarding: hand work in, confirm lessons."""
    ENTER_SALES = "enter_sales"
    """Report a sale."""
    CONFIRM_SALES = "confirm_sales"
    """Confirm or refuse a sale that somebody else has reported."""
    DECIDE_OVERDUE = "decide_overdue"
    """Decide what becomes of a trainee whose time is over."""
    MOVE_TRAINEES = "move_trainees"
    """Move a trainee to another stage by hand, with a reason; never to clearance."""
    CLEAR = "clear"
    """Grant, refuse and revoke the clearance for hot leads."""
    READ_CLEARANCE = "read_clearance"
    """Ask by a program who is cleared for hot leads, and why not."""
    SEE_LEAD_FLAGS = "see_lead_flags"
    """See calls from leads that their managers are not cleared for."""
    SEND_WEBHOOKS = "send_webhooks"
    """See what the CRM was told of clearances, and tell it once more."""
    EDIT_PROGRAM = "edit_program"
    """Change the program of onboarding."""
    COACH = "coach"
    """Hold coaching sessions and agree tasks in them."""
    READ_COACHING = "read_coaching"
    """Read coaching sessions, tasks and what came of them."""
    HAND_OVER = "hand_over"
    """Give the calls and clients of one manager to another to look after."""
    DELEGATE = "delegate"
    """Lend one's own role to somebody for a time, and take it back."""
    MANAGE_PEOPLE = "manage_people"
    """Add, change and deactivate users and teams, and issue API tokens."""
    CONFIRM_ACCOUNTS = "confirm_accounts"
    """Confirm accounts that are to judge or decide, or refuse them; whose, ``CONFIRMED_BY`` says."""
    VIEW_AUDIT = "view_audit"
    """Read the audit log."""
    FIND_CLIENTS = "find_clients"
    """Find everything that is kept of one client."""
    HAND_OUT_CLIENTS = "hand_out_clients"
    """Take everything that is kept of one client out as a file for him."""
    ERASE_CLIENTS = "erase_clients"
    """Erase one client's recordings, texts and number, and say after how many days they go by themselves."""
    CHECK_FILES = "check_files"
    """See which stored files are missing or changed, and what to do about them."""
    READ_METRICS = "read_metrics"
    """Read the operational metrics of this installation."""
    START_PAGE = "start_page"
    """Have a start page and notices."""
    OWN_ACCOUNT = "own_account"
    """Sign out, change one's own password, see who has to confirm the account."""


class Scope(StrEnum):
    ALL = "all"
    """Every manager's."""
    TEAM = "team"
    """Those of the managers in the teams one heads, or in one's own team; a coach's own trainees of any team, too."""
    OWN = "own"
    """One's own alone."""


P, S = Permission, Scope
_ANYBODY = {P.OWN_ACCOUNT: S.OWN, P.START_PAGE: S.OWN, P.VIEW_CHECKLISTS: S.ALL, P.READ_KNOWLEDGE: S.ALL}
_QC = _ANYBODY | {
    P.VIEW_CALLS: S.ALL,
    P.LISTEN: S.ALL,
    P.SEE_PHONES: S.ALL,
    P.CORRECT_TRANSCRIPT: S.ALL,
    P.TRANSCRIBE: S.ALL,
    P.CORRECT_CALLS: S.ALL,
    P.REVIEW: S.ALL,
    P.READ_REVIEWS: S.ALL,
    P.READ_PUBLISHED: S.ALL,
    P.READ_SCRIPTS: S.ALL,
    P.JUDGE_SCRIPTS: S.ALL,
    P.VIEW_ONBOARDING: S.ALL,
    P.READ_COACHING: S.ALL,
}
GRANTS: dict[Role, dict[Permission, Scope]] = {
    Role.OWNER: _ANYBODY
    | {
        P.VIEW_CALLS: S.ALL,
        P.LISTEN: S.ALL,
        P.SEE_PHONES: S.ALL,
        P.CORRECT_CALLS: S.ALL,
        P.CORRECT_SCORED_CALLS: S.ALL,
        P.EXPORT: S.ALL,
        P.READ_REVIEWS: S.ALL,
        P.READ_PUBLISHED: S.ALL,
        P.VIEW_AUDIT: S.ALL,
        P.FIND_CLIENTS: S.ALL,
        P.HAND_OUT_CLIENTS: S.ALL,
        P.ERASE_CLIENTS: S.ALL,
        P.DECIDE_DISPUTES: S.ALL,
        P.VIEW_PLANS: S.ALL,
        P.READ_RESULTS: S.ALL,
        P.RECALL: S.ALL,
        P.READ_SCRIPTS: S.ALL,
        P.KEEP_PHRASES: S.ALL,
        P.EDIT_KNOWLEDGE: S.ALL,
        P.VIEW_ONBOARDING: S.ALL,
        P.RUN_ONBOARDING: S.ALL,
        P.CONFIRM_SALES: S.ALL,
        P.DECIDE_OVERDUE: S.ALL,
        P.MOVE_TRAINEES: S.ALL,
        P.CLEAR: S.ALL,
        P.READ_CLEARANCE: S.ALL,
        P.SEE_LEAD_FLAGS: S.ALL,
        P.SEND_WEBHOOKS: S.ALL,
        P.EDIT_PROGRAM: S.ALL,
        P.READ_COACHING: S.ALL,
        P.HAND_OVER: S.ALL,
        P.DELEGATE: S.ALL,
        P.CONFIRM_ACCOUNTS: S.ALL,
    },
    Role.QC_LEAD: _QC
    | {
        P.CORRECT_SCORED_CALLS: S.ALL,
        P.EDIT_CHECKLISTS: S.ALL,
        P.IMPORT_CALLS: S.ALL,
        P.EXPORT: S.ALL,
        P.FIND_CLIENTS: S.ALL,
        P.DECIDE_DISPUTES: S.ALL,
        P.VIEW_PLANS: S.ALL,
        P.PLAN: S.ALL,
        P.CALIBRATE: S.ALL,
        P.READ_RESULTS: S.ALL,
        P.KEEP_PHRASES: S.ALL,
        P.EDIT_KNOWLEDGE: S.ALL,
        P.RUN_ONBOARDING: S.ALL,
        P.TRAIN: S.ALL,
        P.CONFIRM_SALES: S.ALL,
        P.DECIDE_OVERDUE: S.ALL,
        P.MOVE_TRAINEES: S.ALL,
        P.CLEAR: S.ALL,
        P.READ_CLEARANCE: S.ALL,
        P.SEE_LEAD_FLAGS: S.ALL,
        P.EDIT_PROGRAM: S.ALL,
        P.COACH: S.ALL,
        P.DELEGATE: S.OWN,
        P.CONFIRM_ACCOUNTS: S.ALL,
    },
    Role.QC: _QC,
    Role.HEAD: _ANYBODY
    | {
        P.VIEW_CALLS: S.TEAM,
        P.LISTEN: S.TEAM,
        P.SEE_PHONES: S.TEAM,
        P.READ_PUBLISHED: S.TEAM,
        P.READ_RESULTS: S.TEAM,
        P.RECALL: S.TEAM,
        P.READ_SCRIPTS: S.TEAM,
        P.VIEW_ONBOARDING: S.TEAM,
        P.ENTER_SALES: S.TEAM,
        P.CONFIRM_SALES: S.TEAM,
        P.READ_CLEARANCE: S.TEAM,
        P.SEE_LEAD_FLAGS: S.TEAM,
        P.COACH: S.TEAM,
        P.READ_COACHING: S.TEAM,
        P.HAND_OVER: S.TEAM,
        P.DELEGATE: S.OWN,
    },
    Role.COACH: _ANYBODY
    | {
        P.VIEW_CALLS: S.TEAM,
        P.LISTEN: S.TEAM,
        P.READ_PUBLISHED: S.TEAM,
        P.READ_RESULTS: S.TEAM,
        P.READ_SCRIPTS: S.TEAM,
        P.JUDGE_SCRIPTS: S.TEAM,
        P.KEEP_PHRASES: S.ALL,
        P.EDIT_KNOWLEDGE: S.ALL,
        P.VIEW_ONBOARDING: S.TEAM,
        P.TRAIN: S.TEAM,
        P.COACH: S.TEAM,
        P.READ_COACHING: S.TEAM,
        P.DELEGATE: S.OWN,
    },
    Role.HR: _ANYBODY | {P.VIEW_ONBOARDING: S.ALL, P.RUN_ONBOARDING: S.ALL, P.READ_CLEARANCE: S.ALL},
    Role.MANAGER: _ANYBODY
    | {
        P.VIEW_CALLS: S.OWN,
        P.LISTEN: S.OWN,
        P.SEE_PHONES: S.OWN,
        P.READ_PUBLISHED: S.OWN,
        P.ACKNOWLEDGE: S.OWN,
        P.DISPUTE: S.OWN,
        P.READ_RESULTS: S.OWN,
        P.WRITE_SCRIPT: S.OWN,
        P.READ_SCRIPTS: S.OWN,
        P.VIEW_ONBOARDING: S.OWN,
        P.LEARN: S.OWN,
        P.ENTER_SALES: S.OWN,
        P.READ_CLEARANCE: S.OWN,
        P.READ_COACHING: S.OWN,
    },
    Role.ADMIN: _ANYBODY
    | {
        P.VIEW_CALLS: S.ALL,
        P.IMPORT_CALLS: S.ALL,
        P.CORRECT_CALLS: S.ALL,
        P.TRANSCRIBE: S.ALL,
        P.MANAGE_PEOPLE: S.ALL,
        P.VIEW_AUDIT: S.ALL,
        P.CHECK_FILES: S.ALL,
        P.READ_METRICS: S.ALL,
        P.READ_CLEARANCE: S.ALL,
        P.SEND_WEBHOOKS: S.ALL,
        P.HAND_OVER: S.ALL,
    },
}


TOKEN_GRANTS: dict[TokenScope, frozenset[Permission]] = {
    TokenScope.IMPORT_CALLS: frozenset({P.IMPORT_CALLS}),
    TokenScope.READ_CLEARANCE: frozenset({P.READ_CLEARANCE}),
    TokenScope.READ_METRICS: frozenset({P.READ_METRICS}),
}
"""What an API token reaches of what its user may do."""


JUDGES = frozenset({Role.OWNER, Role.QC_LEAD, Role.QC})
JUDGED = frozenset({Role.HEAD, Role.COACH, Role.MANAGER, Role.ADMIN})
"""Who is judged by scores, or whose team is, or who keeps the product running: none of them may touch scores."""
LENT = frozenset({Role.OWNER, Role.QC_LEAD, Role.QC, Role.HEAD, Role.COACH, Role.HR})
"""Roles that can be lent to somebody for a time."""
BEYOND_ADMIN = frozenset(
    role
    for role, grants in GRANTS.items()
    if any(scope is not S.OWN and each not in GRANTS[Role.ADMIN] for each, scope in grants.items())
)
"""Roles that may do something about others that an administrator may not: hear them, judge them, decide about them."""
CONFIRMED_BY = {
    role: frozenset({Role.OWNER, Role.QC_LEAD} if role in (Role.QC, Role.COACH) else {Role.OWNER})
    for role in BEYOND_ADMIN
}
"""Who confirms an account of each of these roles after an administrator has made or changed it."""
NOT_LENT = frozenset({P.DELEGATE, P.CONFIRM_ACCOUNTS, P.OWN_ACCOUNT})
"""What nobody has by a lent role: so it is not lent on."""
LOOKED_AFTER = frozenset({P.VIEW_CALLS, P.LISTEN, P.SEE_PHONES})
"""What a manager may of the calls handed over to him. Scores, scripts and onboarding stay their manager's own."""


def mixed(roles: Collection[Role]) -> bool:
    """Whether somebody with all these roles would judge and be judged."""
    return not JUDGES.isdisjoint(roles) and not JUDGED.isdisjoint(roles)


def lasts(each: Delegation | Handover) -> bool:
    """Whether it has begun and is not over."""
    now = clock.now()
    return each.since <= now and each.ended_at is None and (each.until is None or now < each.until)


def standing_in(user: User) -> list[Delegation]:
    """The roles lent to the person that count now: the lenders still work here, still have them and are confirmed."""
    lent = [
        each
        for each in user.borrowed
        if each.confirmed_at
        and lasts(each)
        and each.lender.active
        and each.lender.role is each.role
        and not unconfirmed(each.lender)
    ]
    # Whose own role has changed since may have come to where nothing lent to him may count.
    return [] if mixed({user.role, *(each.role for each in lent)}) else lent


def looking_after(user: User) -> list[Handover]:
    """Whose calls and clients the person looks after now."""
    return [each for each in user.taken_over if lasts(each)]


def unconfirmed(user: User) -> bool:
    """Whether the account opens nothing until somebody entitled has confirmed it."""
    return user.role in CONFIRMED_BY and user.confirmed_at is None


def _grants(user: User, permission: Permission) -> list[tuple[Scope, User]]:
    """How far the permission reaches by one's own role and by each lent one, and whose teams are meant."""
    if not user.active or (unconfirmed(user) and permission is not Permission.OWN_ACCOUNT):
        return []
    roles = [(user.role, user)]
    if permission not in NOT_LENT:
        roles += [(each.role, each.lender) for each in standing_in(user)]
    return [(GRANTS[role][permission], person) for role, person in roles if permission in GRANTS[role]]


def scope_of(user: User, permission: Permission) -> Scope | None:
    """How far the permission reaches for this person at the most; None: not at all."""
    scopes = {scope for scope, _person in _grants(user, permission)}
    return next((scope for scope in Scope if scope in scopes), None)


def holds(user: User, permission: Permission) -> bool:
    """Whether the person has the permission over anything at all."""
    return scope_of(user, permission) is not None


def gone_from(user: User, permission: Permission) -> bool:
    """Whether the person has lost the permission, and not only until the account is confirmed anew."""
    return not holds(user, permission) and not only_to_confirm(user, permission)


def only_to_confirm(user: User, permission: Permission) -> bool:
    """Whether the person holds the permission again as soon as somebody confirms the account."""
    return user.active and unconfirmed(user) and permission in GRANTS[user.role]


def within(
    user: User,
    permission: Permission,
    manager: InstrumentedAttribute[int | None] | InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """The SQL condition on a column of manager ids that keeps what the person may see."""
    grants = _grants(user, permission)
    if any(scope is Scope.ALL for scope, _person in grants):
        return true()
    parts: list[ColumnElement[bool]] = []
    if heading := [person for scope, person in grants if scope is Scope.TEAM]:
        parts.append(manager.in_(_team_members(heading, former=permission is Permission.VIEW_ONBOARDING)))
    if any(scope is Scope.OWN for scope, _person in grants):
        parts.append(manager.in_(_own(user, permission)))
    return or_(false(), *parts)


def waits_for(
    user: User,
    permission: Permission,
    manager: InstrumentedAttribute[int | None] | InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """Narrower than ``within``: whose coach the person is or stands in for, and who have none."""
    coaches = [user.id, *(each.from_id for each in standing_in(user))]
    his = select(User.id).where(or_(User.coach_id.in_(coaches), User.coach_id.is_(None)))
    return and_(within(user, permission, manager), manager.in_(his))


def allowed(session: Session, user: User, permission: Permission, manager_id: int | None) -> bool:
    """Whether the person holds the permission over what belongs to this manager."""
    if scope_of(user, permission) is Scope.ALL:
        return True
    return manager_id is not None and manager_id in (reach(session, user, permission) or ())


def reach(session: Session, user: User, permission: Permission) -> list[int] | None:
    """The managers over whom the person holds the permission; None: all."""
    match scope_of(user, permission):
        case Scope.ALL:
            return None
        case Scope.OWN:
            return _own(user, permission)
        case None:
            return []
    return list(session.scalars(select(User.id).where(within(user, permission, User.id))))


def may_train(session: Session, user: User, manager_id: int) -> bool:
    """Whether the person can be this manager's coach: any coach, and whoever else trains in the team."""
    coach = user.role is Role.COACH and holds(user, Permission.TRAIN)
    return coach or allowed(session, user, Permission.TRAIN, manager_id)


def demand(
    user: User, permission: Permission, *, session: Session | None = None, manager_id: int | None = None
) -> None:
    """Raise Forbidden unless the permission is held: at all, or (with a session) over this manager."""
    fine = holds(user, permission) if session is None else allowed(session, user, permission, manager_id)
    if not fine:
        raise Forbidden(_("Your role does not allow this. The attempt has been recorded."))


def _own(user: User, permission: Permission) -> list[int]:
    """The person, and whose calls he looks after."""
    others = looking_after(user) if permission in LOOKED_AFTER else []
    return [user.id, *(each.from_id for each in others)]


def _team_members(heading: Collection[User], *, former: bool) -> Select[int]:
    """The managers of the teams these people head or are in, and whom the coaches among them train.

    ``former``: also who has another role now, for the history of when he was one.
    """
    heads = [each.id for each in heading if each.role is Role.HEAD]
    own = [each.team_id for each in heading]
    teams = select(Team.id).where(or_(Team.head_id.in_(heads), Team.id.in_(own)))
    found: ColumnElement[bool] = User.team_id.in_(teams)
    if coaches := [each.id for each in heading if each.role is Role.COACH]:
        found = or_(found, and_(User.coach_id.in_(coaches), User.active))
    return select(User.id).where(found, true() if former else User.role == Role.MANAGER)
