"""What runs inside the room, beside the learner's code. Nothing here is secret and nothing here is trusted."""
