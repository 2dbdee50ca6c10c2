"""A class on nbgrader from its first day to its last: start, collect, report, export, regrade, check. Fits any nbgrader
course.

`classroom` in the folder of a class lists what there is.
"""
