"""Files as offices make them, by a generator that knows what is true.

truth.py    records of every feed
writing.py  how an office writes a value, and what Excel makes of it
habits.py   what an office does to a table, and what may come of it
formats.py  the table as a file
reading.py  the file read and checked in this process, compared with what is true
"""
