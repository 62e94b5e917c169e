"""newsboat's files as feeds, settings and an outcome for each line; all of it pure."""
