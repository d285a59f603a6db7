"""The stages of a run; each reads what the one before wrote."""
