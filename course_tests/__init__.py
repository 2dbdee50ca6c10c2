"""The instructors' side of the course: right answers, wrong answers, and the hidden tests. Nothing of it reaches a
learner.
"""
