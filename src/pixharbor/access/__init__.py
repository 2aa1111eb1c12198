"""Access: who is calling, and from where."""
