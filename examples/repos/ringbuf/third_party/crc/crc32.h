/* CRC-32 as Ethernet and zip have it. Copied from the crc example, version 1.1; do not edit here. */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *bytes, size_t length);

#endif
