"""Who is at the door: customers by token, agents by cookie, and what guards both."""
