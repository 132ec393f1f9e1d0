"""qcapp: call quality control and coaching for sales departments."""

from contextlib import suppress

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from qcapp import menu, pipeline, vocabulary
from qcapp.calls import numbers, start_words
from qcapp.calls.api import api as calls_api
from qcapp.calls.import_views import imports
from qcapp.calls.list_views import calls
from qcapp.callscripts.editor_views import scripts
from qcapp.checklists.editor_views import checklists
from qcapp.coaching.views import coaching
from qcapp.core import i18n, jobs, process, templating, web
from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database
from qcapp.core.errors import Unavailable
from qcapp.core.storage import Storage
from qcapp.evidence.views import evidence
from qcapp.knowledge.editor_views import knowledge
from qcapp.onboarding.board.views import board
from qcapp.onboarding.by_hand.views import by_hand
from qcapp.onboarding.clearance.api import api as clearance_api
from qcapp.onboarding.clearance.views import clearance
from qcapp.onboarding.exams.views import exams
from qcapp.onboarding.home.views import home
from qcapp.onboarding.overdue.views import overdue
from qcapp.onboarding.program.views import programs
from qcapp.onboarding.sales.views import sales
from qcapp.onboarding.views import onboarding
from qcapp.onboarding.webhooks.views import crm
from qcapp.onboarding.work.answer_views import work
from qcapp.ops.files.views import files
from qcapp.ops.views import operations
from qcapp.people import access
from qcapp.people.views import account, accounts, audit, delegations, handovers, inbox, language, people
from qcapp.privacy.retention_views import privacy
from qcapp.reports.views import results
from qcapp.reviews.calibration.views import calibrations
from qcapp.reviews.disputes.views import disputes
from qcapp.reviews.my_work_views import mine
from qcapp.reviews.pins import pins
from qcapp.reviews.publishing import publishing
from qcapp.reviews.queue.plan_views import plans
from qcapp.reviews.queue.views import queue
from qcapp.reviews.recalls.views import recalls
from qcapp.reviews.trials import trials
from qcapp.reviews.views import reviews
from qcapp.settings import Settings
from qcapp.transcripts.views import transcripts

BLUEPRINTS: tuple[Blueprint, ...] = (
    account,
    language,
    inbox,
    people,
    accounts,
    handovers,
    delegations,
    audit,
    checklists,
    knowledge,
    calls,
    imports,
    calls_api,
    transcripts,
    reviews,
    publishing,
    trials,
    queue,
    plans,
    disputes,
    recalls,
    calibrations,
    mine,
    scripts,
    evidence,
    pins,
    coaching,
    onboarding,
    programs,
    exams,
    work,
    sales,
    overdue,
    by_hand,
    board,
    clearance,
    clearance_api,
    crm,
    results,
    privacy,
    files,
    operations,
)

vocabulary.register()


def start() -> Flask:
    """The application for a process that does nothing else: the one beginning of every program of the product."""
    process.begin()
    settings = Settings()
    app = create_app(settings)
    process.keep_temporary_files_in(settings.data_dir.resolve() / "tmp")
    with suppress(Unavailable):  # whoever needs the storage will say so
        app.extensions["qcapp_storage"].sweep()
    return app


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The web application. ``database`` is given by tests that look into the same one."""
    settings = settings or Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=access.secret_key(settings),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
    )
    app.extensions["qcapp_settings"] = settings
    database = database or Database(settings.sqlalchemy_url)
    database.provide(audit=AuditKeeper.of(settings))
    app.extensions["qcapp_database"] = database
    app.extensions["qcapp_storage"] = Storage(settings.storage_location)
    app.extensions["qcapp_jobs"] = jobs.JobQueue(settings)
    i18n.init_app(app, settings)
    templating.init_app(app)
    web.init_app(app, access.gate, access.login_redirect, access.turn_away)
    access.init_app(app)
    numbers.init_app(app)
    start_words.init_app(app)
    menu.init_app(app)
    pipeline.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", home)
    if count := settings.proxies:  # without this the throttle would take the proxy for everybody
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app
