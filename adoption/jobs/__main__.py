"""python -m adoption.jobs FOLDER: the process of one job. Started by the 資料 page."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from adoption.jobs.bounds import end_when_asked, limit_process
from adoption.jobs.job import Job
from adoption.jobs.work import run

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(5)  # whoever looks at a page comes first
    job = Job(Path(sys.argv[1]))
    limit_process()
    end_when_asked(job.folder, before=job.set_stopped)
    run(job, datetime.now(UTC))
