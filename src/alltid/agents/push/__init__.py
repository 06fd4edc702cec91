"""Notifications to agents whose page is closed, by Web Push."""
