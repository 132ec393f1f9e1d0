"""Reviews of calls: scoring, publishing, and around them the queue, disputes, re-calls and calibration."""

# Tables that name each other are known together, whichever part is imported first.
from qcapp.reviews.calibration import models as _calibration  # noqa: F401
from qcapp.reviews.disputes import models as _disputes  # noqa: F401
from qcapp.reviews.queue import models as _queue  # noqa: F401
from qcapp.reviews.recalls import models as _recalls  # noqa: F401
