"""HTTP. Routes carry no rules: a write is one command, a read is one question to a read model."""
