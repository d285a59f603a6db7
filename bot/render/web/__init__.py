"""The page of a report: one file that opens anywhere, without a network."""
