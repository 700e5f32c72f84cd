"""The project's own measurements: a realistic company, and how fast it is served."""
