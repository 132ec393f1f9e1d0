"""gunicorn's configuration of a web server that dies when it is told to: the product's, with all imported before."""

import qcapp  # noqa: F401
from qcapp.web_server import *  # noqa: F403
from tests.kills import mortal  # noqa: F401
