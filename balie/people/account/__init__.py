"""The pages about one's own account: language, time zone, password, second factor, sessions, API tokens."""
