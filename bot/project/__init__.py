"""Owns the user's own repository: its commits, its files at a commit, its worktrees."""
