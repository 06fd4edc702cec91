"""The human queue: its order, and the wait it honestly promises."""
