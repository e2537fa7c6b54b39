"""The Discord adapter: everything that knows Discord, and nothing else does."""
