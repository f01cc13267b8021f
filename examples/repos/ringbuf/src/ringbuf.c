#include "ringbuf.h"

#include <string.h>

int ringbuf_init(struct ringbuf *ring, uint8_t *storage, size_t capacity)
{
    if (capacity == 0 || (capacity & (capacity - 1)) != 0)
        return -1;
    ring->storage = storage;
    ring->capacity = capacity;
    atomic_init(&ring->written, 0);
    atomic_init(&ring->read, 0);
    return 0;
}

size_t ringbuf_used(const struct ringbuf *ring)
{
    size_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    size_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    return written - read;
}

size_t ringbuf_free(const struct ringbuf *ring)
{
    return ring->capacity - ringbuf_used(ring);
}

/* Both copies wrap around the end of the storage at most once. */
static void copy_in(struct ringbuf *ring, size_t position, const uint8_t *bytes, size_t length)
{
    size_t start = position & (ring->capacity - 1);
    size_t first = ring->capacity - start;
    if (first > length)
        first = length;
    memcpy(ring->storage + start, bytes, first);
    memcpy(ring->storage, bytes + first, length - first);
}

static void copy_out(const struct ringbuf *ring, size_t position, uint8_t *bytes, size_t length)
{
    size_t start = position & (ring->capacity - 1);
    size_t first = ring->capacity - start;
    if (first > length)
        first = length;
    memcpy(bytes, ring->storage + start, first);
    memcpy(bytes + first, ring->storage, length - first);
}

size_t ringbuf_write(struct ringbuf *ring, const void *bytes, size_t length)
{
    size_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    if (ringbuf_free(ring) < length)
        return 0;
    copy_in(ring, written, bytes, length);
    atomic_store_explicit(&ring->written, written + length, memory_order_release);
    return length;
}

size_t ringbuf_peek(const struct ringbuf *ring, void *bytes, size_t length, size_t skip)
{
    size_t used = ringbuf_used(ring);
    if (skip >= used)
        return 0;
    if (length > used - skip)
        length = used - skip;
    copy_out(ring, atomic_load_explicit(&ring->read, memory_order_relaxed) + skip, bytes, length);
    return length;
}

size_t ringbuf_read(struct ringbuf *ring, void *bytes, size_t length)
{
    size_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    length = ringbuf_peek(ring, bytes, length, 0);
    atomic_store_explicit(&ring->read, read + length, memory_order_release);
    return length;
}
