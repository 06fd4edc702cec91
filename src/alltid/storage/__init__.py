"""PostgreSQL: the event log, its group writer, its followers, jobs and notices."""
