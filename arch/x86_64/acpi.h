/* SPDX-License-Identifier: BSD-2-Clause -- what ACPI's tables say that the kernel wants to know. */
#pragma once
#include "arch.h"

enum { IO_APICS_MAX = 4 };

struct acpi {
	uint32_t local_apic;                      /* physical; 0: none */
	struct { uint32_t physical, first_line; } io_apic[IO_APICS_MAX];
	unsigned io_apics;
	uint16_t serial_port;                     /* of the 16550 that SPCR names; 0: none */
};

/* root_pointer: physical, or 0 to look for it where a BIOS puts it.  Adds the devices that it finds to info. */
void acpi_read(uint64_t root_pointer, struct acpi *acpi, struct boot_info *info);
