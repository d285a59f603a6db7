"""The door to GitHub: events, the pull request and its comment, the action's steps."""
