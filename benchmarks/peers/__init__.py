"""What people would take instead of Counterpoint's types, each in a process that loads nothing else."""
