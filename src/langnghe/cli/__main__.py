"""`python -m langnghe.cli` is the same as `langnghe`."""

import sys

from langnghe.cli.main import main

sys.exit(main())
