"""The edge to queues: how a wake-up travels to a worker."""
