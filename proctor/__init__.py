"""proctor: grades notebooks with the learner's code in a locked room and the tests outside."""
