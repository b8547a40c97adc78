"""The HTTP server around the application: it ends live connections first, which would never end by themselves."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Serves an application of api/app.py."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        assert isinstance(self.config.app, FastAPI)
        self.config.app.state.viewers.close()
        await super().shutdown(sockets)
