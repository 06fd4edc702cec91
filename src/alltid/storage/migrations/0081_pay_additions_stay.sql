-- What was put to a session's pay stays as it was said, whoever asks.
ALTER TABLE pay_additions ENABLE ALWAYS TRIGGER append_only;
