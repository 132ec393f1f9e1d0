"""Terms of a call: which way it went, how it ended, whose lead it was."""

from qcapp.terms.term import N_, Term


class Direction(Term):
    IN = "in", N_("incoming")
    OUT = "out", N_("outgoing")
    INTERNAL = "internal", N_("internal")
    UNKNOWN = "unknown", N_("not known")


class Disposition(Term):
    """How the telephone exchange says that the call ended."""

    ANSWERED = "answered", N_("answered")
    NO_ANSWER = "no_answer", N_("no answer")
    BUSY = "busy", N_("busy")
    FAILED = "failed", N_("failed to connect")
    UNKNOWN = "unknown", N_("not known")


class LeadSource(Term):
    """Where the client came from, which decides what the manager may be asked for."""

    COLD = "cold", N_("cold lead")
    WARM = "warm", N_("warm lead")
    HOT = "hot", N_("hot lead")
    EXISTING = "existing", N_("existing client")


class ScoredFact(Term):
    """What of a call decides for what its score counts."""

    MANAGER = "manager", N_("manager of the call")
    START = "start", N_("start of the call")
    DIRECTION = "direction", N_("direction of the call")
    LEAD_SOURCE = "lead_source", N_("source of the lead")
    CONTACT_NO = "contact_no", N_("number of the contact")


class CallOutcome(Term):
    """What the call led to, as the reviewer judges it."""

    NEXT_STEP = "next_step", N_("Next step agreed")
    SALE = "sale", N_("Sale")
    THINKING = "thinking", N_("Client is thinking")
    NOT_OUR_CLIENT = "not_our_client", N_("Refusal: not our client")
    NO_MONEY = "no_money", N_("Refusal: no money")
    NO_NEED = "no_need", N_("Refusal: no need")
    COMPETITOR = "competitor", N_("Refusal: chose a competitor")
    WRONG_PERSON = "wrong_person", N_("Not the person who decides")
    MANAGERS_FAULT = "managers_fault", N_("Lost by the manager's fault")
