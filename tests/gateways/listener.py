"""A gateway process on a given database, for tests that kill it: prints its ports, then listens."""

import asyncio
import sys

import django
from django.conf import settings


async def listen() -> None:
    """Listen on free ports until killed."""
    from anlan.gateways.lanes import compile_all
    from anlan.gateways.process import Gateways

    compile_all()
    gateways = Gateways()
    await gateways.start("127.0.0.1", {"sl651": 0, "hj212": 0})
    sys.stdout.write(" ".join(str(server.port) for server in gateways.servers) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    asyncio.run(listen())
