# SPDX-License-Identifier: BSD-2-Clause
"""Claims about the kernel's C, within the bounds that each one says: harnesses that CBMC reads, and what must fail."""
