"""Loads asked for on the 資料 page: checked first, then published, by a process of their own.

job.py        a job's folder, its progress, and starting the process
bounds.py     limits on its time and memory, and stopping it
work.py       what that process does: check, load, revert
effect.py     the headline numbers before and after
guess.py      which feed a file is
kinds.py      what a visitor can say that it is
recognised.py what a file was taken for
tables.py     results, ledger and rejects as tables in the visitor's language
"""
