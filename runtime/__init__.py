"""The engine room: settings, processes, the embedded servers, logs, time, the runner of reactions."""
