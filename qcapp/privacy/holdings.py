"""Everything the product keeps of clients, on one page: what each feature declares, in the order it can be erased."""

from qcapp.calls import personal as calls
from qcapp.coaching import personal as coaching
from qcapp.core.personal import Fate, Holding
from qcapp.reviews import personal as reviews
from qcapp.transcripts import personal as transcripts

HOLDINGS: tuple[Holding, ...] = (
    *transcripts.HOLDINGS,
    *reviews.HOLDINGS,
    *coaching.HOLDINGS,
    *calls.HOLDINGS,
)
COVERED = tuple(each for each in HOLDINGS if each.fate is Fate.COVERED)
