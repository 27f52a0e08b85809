"""`python -m anlan.cli` is the `anlan` command."""

import sys

from anlan.cli import main

sys.exit(main())
