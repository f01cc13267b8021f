#include "ringbuf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void wraps_around_the_end(void)
{
    uint8_t storage[8], out[8];
    struct ringbuf ring;
    assert(ringbuf_init(&ring, storage, sizeof storage) == 0);
    assert(ringbuf_write(&ring, "abcdef", 6) == 6);
    assert(ringbuf_read(&ring, out, 4) == 4);
    assert(ringbuf_write(&ring, "ghijk", 5) == 5);
    assert(ringbuf_read(&ring, out, 8) == 7);
    assert(memcmp(out, "efghijk", 7) == 0);
}

static void refuses_what_does_not_fit(void)
{
    uint8_t storage[8];
    struct ringbuf ring;
    assert(ringbuf_init(&ring, storage, 7) == -1);
    assert(ringbuf_init(&ring, storage, 8) == 0);
    assert(ringbuf_write(&ring, "123456789", 9) == 0);
    assert(ringbuf_used(&ring) == 0);
}

static void finds_a_damaged_record(void)
{
    uint8_t storage[32], out[16];
    struct ringbuf ring;
    ringbuf_init(&ring, storage, sizeof storage);
    assert(record_write(&ring, "hello", 5) == 0);
    assert(record_write(&ring, "world", 5) == 0);
    storage[6] ^= 1;
    assert(record_read(&ring, out, sizeof out) == -1);
    assert(record_read(&ring, out, sizeof out) == 5);
    assert(memcmp(out, "world", 5) == 0);
    assert(record_read(&ring, out, sizeof out) == 0);
}

int main(void)
{
    wraps_around_the_end();
    refuses_what_does_not_fit();
    finds_a_damaged_record();
    puts("ok");
    return 0;
}
