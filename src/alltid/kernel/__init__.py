"""What every part stands on: time, ids and refusals. It imports nothing of ours."""
