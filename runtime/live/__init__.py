"""Live updates inside: what changed, in the order of the feed, in the hands of whoever is connected to this process.

    store ──read──▶ Follower ──▶ Hub ──▶ Subscriber, one for each open page
      └─read─▶ Teller (one process) ──▶ Redis ──▶ Follower of every process, which then need not read the store

Redis saves reads, nothing else: a process that misses something there, or hears nothing, reads the store itself.
"""
