"""The upper part of the 資料 page: choose files, check what they would change, load them.

The work is done by a process of its own (adoption/jobs); the page starts it and looks on.

steps.py      where this visitor's job stands, and the jobs of others
choosing.py   the first step: files, what they are, up to which day
checking.py   the second: what they would change
mapping.py    before that, where headers do not say it: which column is which
committing.py the third: who loads them, and what came of it
reverting.py  taking loads back, its effect first
who.py        by whom
current.py    the job that this visitor looks at
rejects.py    refused rows as files to mend
"""
