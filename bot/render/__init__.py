"""Door to people: turns a report into Markdown and terminal output, and decides nothing."""
