"""Our people and their work: what somebody sees, and handing over the work of those who leave."""
