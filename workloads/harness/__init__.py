"""The worker: serves the cases of workload files over two pipes."""
