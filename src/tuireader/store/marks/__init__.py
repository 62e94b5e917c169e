"""The user's marks, labels and mutes."""
