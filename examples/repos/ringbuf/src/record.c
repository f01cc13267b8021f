#include "crc32.h"
#include "ringbuf.h"

#include <string.h>

enum { HEADER = 6 }; /* two bytes of length, four of checksum, both little endian */

int record_write(struct ringbuf *ring, const void *bytes, uint16_t length)
{
    uint8_t header[HEADER];
    uint32_t sum = crc32_of(bytes, length);

    /* A header without its bytes must never become visible, so the room is checked for both. */
    if (length == 0 || ringbuf_free(ring) < (size_t)length + HEADER)
        return -1;
    header[0] = (uint8_t)length;
    header[1] = (uint8_t)(length >> 8);
    for (int i = 0; i < 4; i++)
        header[2 + i] = (uint8_t)(sum >> (8 * i));
    ringbuf_write(ring, header, HEADER);
    ringbuf_write(ring, bytes, length);
    return 0;
}

int record_read(struct ringbuf *ring, void *bytes, uint16_t space)
{
    uint8_t header[HEADER];
    uint32_t sum = 0;
    uint16_t length;

    if (ringbuf_peek(ring, header, HEADER, 0) < HEADER)
        return 0;
    length = (uint16_t)(header[0] | header[1] << 8);
    if (ringbuf_used(ring) < (size_t)length + HEADER)
        return 0; /* the writer is between the header and the bytes */
    if (length > space)
        return -1;
    for (int i = 0; i < 4; i++)
        sum |= (uint32_t)header[2 + i] << (8 * i);
    ringbuf_read(ring, header, HEADER);
    ringbuf_read(ring, bytes, length);
    return crc32_of(bytes, length) == sum ? length : -1;
}
