# SPDX-License-Identifier: BSD-2-Clause
"""The laboratory: builds, boots, measures, checks, compares and draws.  `./kite` starts it; cli/ is where to begin."""
