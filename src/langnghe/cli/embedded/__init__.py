"""A PostgreSQL server of the program's own, for machines where nobody runs one.

with EmbeddedPostgres(Path("var/postgres")) as server:
    connect(server.url)
"""

from langnghe.cli.embedded.binaries import Binaries, BinariesMissing, find_binaries
from langnghe.cli.embedded.server import EmbeddedPostgres, ServerFailed

__all__ = ["Binaries", "BinariesMissing", "EmbeddedPostgres", "ServerFailed", "find_binaries"]
