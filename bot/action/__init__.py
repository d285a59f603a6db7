"""The door to the runner: the steps of action.yml, their inputs, outputs and annotations."""
