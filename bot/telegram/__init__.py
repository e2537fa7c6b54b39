"""The Telegram adapter: everything that knows the Bot API, and nothing else does."""
