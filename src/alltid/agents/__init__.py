"""Agents: the humans who answer, their accounts and their online sessions."""
