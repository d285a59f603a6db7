"""The pure core: values and decisions, without clock, file, environment variable or process."""
