# SPDX-License-Identifier: BSD-2-Clause
"""Real boards: what they are (description), how they are started (control, port, standin), what they say (wire, session), how
boots become a record (campaign), and what is written onto a card or stick (image).  docs/boards.md is the manual."""
