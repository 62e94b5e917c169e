"""Messages to the user: decided by watches and alarms, sent from the outbox."""
