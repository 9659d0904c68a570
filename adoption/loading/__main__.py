"""python -m adoption.loading FOLDER: the process of one job. Started by the 資料 page."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from adoption.loading.job import Job
from adoption.loading.work import run

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)  # whoever looks at a page comes first
    run(Job(Path(sys.argv[1])), datetime.now(UTC))
