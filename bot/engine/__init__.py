"""The door to processes: starts arms, asks them for samples, keeps the journal."""
