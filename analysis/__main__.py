# SPDX-License-Identifier: BSD-2-Clause
"""What `python3 -m analysis` runs; `./kite` does, after it has seen to the dependencies."""
from analysis.cli import main

main()
