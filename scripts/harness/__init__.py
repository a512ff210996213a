"""What ./scripts/demo, ./scripts/test and ./scripts/bench share. Standard library only: it runs before anything is installed."""
