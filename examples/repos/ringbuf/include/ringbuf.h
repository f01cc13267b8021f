/*
 * A ring buffer of bytes for one reader and one writer.
 *
 * The positions only grow; the place in the storage is the position modulo the capacity,
 * which has to be a power of two. Reader and writer may be different threads: each
 * changes one position only, and publishes it with release order.
 */
#ifndef RINGBUF_H
#define RINGBUF_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct ringbuf {
    uint8_t *storage;
    size_t capacity;
    _Atomic size_t written;
    _Atomic size_t read;
};

/* Returns 0, or -1 if the capacity is not a power of two. */
int ringbuf_init(struct ringbuf *ring, uint8_t *storage, size_t capacity);

size_t ringbuf_used(const struct ringbuf *ring);
size_t ringbuf_free(const struct ringbuf *ring);

/* Writes all of the bytes, or none if there is no room; returns how many were written. */
size_t ringbuf_write(struct ringbuf *ring, const void *bytes, size_t length);

/* Reads up to `length` bytes; returns how many were read. */
size_t ringbuf_read(struct ringbuf *ring, void *bytes, size_t length);

/* Copies without reading: `skip` bytes ahead of the reader. Returns how many were copied. */
size_t ringbuf_peek(const struct ringbuf *ring, void *bytes, size_t length, size_t skip);

/* Records: a length, a checksum and the bytes, written and read as a whole. */
int record_write(struct ringbuf *ring, const void *bytes, uint16_t length);

/* Returns the record's length, 0 if there is none, -1 if it is damaged or too long for the space given. */
int record_read(struct ringbuf *ring, void *bytes, uint16_t space);

#endif
