"""What the bot says: pure and synchronous; a turn in, replies and effects out."""
