"""The door to GitHub: the event, the pull request and its comment."""
