"""The form of what is said in Slack: read into our HTML, and written from it."""
