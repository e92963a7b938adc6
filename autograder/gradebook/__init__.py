"""Where results are kept: verdicts as JSON, one file each (`store`), and nbgrader's gradebook (`register`, `record`).

The verdicts are what was found out; the gradebook is what nbgrader's tools show, and where people correct it.
"""
