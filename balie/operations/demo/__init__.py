"""The demo company: people, teams and requests that a newcomer can look at."""
