/* SPDX-License-Identifier: BSD-2-Clause -- what ACPI's tables say that the kernel wants to know. */
#pragma once
#include "arch.h"

struct acpi {
	uint32_t local_apic, io_apic;             /* physical; 0: none */
	uint16_t serial_port;                     /* of the 16550 that SPCR names; 0: none */
};

/* root_pointer: physical, or 0 to look for it where a BIOS puts it.  Adds the devices that it finds to info. */
void acpi_read(uint64_t root_pointer, struct acpi *acpi, struct boot_info *info);
