"""C: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "C"

# One of each: goto, sprintf, a macro with parameters, asm, `#if 0`, conditional code, prototypes, a switch, register.
RING = """/* A ring of messages between one writer and one reader. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

#ifdef RING_TRACE
#define TRACE(...) fprintf(stderr, __VA_ARGS__)
#else
#define TRACE(...) ((void)0)
#endif

#define NAME_SIZE 32

struct ring {
    struct message *slots;
    size_t size;
    volatile size_t head, tail;
    char name[NAME_SIZE];
};

static int is_power(size_t value);

struct ring *ring_new(const char *prefix, int number, size_t size)
{
    struct ring *ring;

    if (!is_power(size)) {
        errno = EINVAL;
        return NULL;
    }
    ring = calloc(1, sizeof(*ring));
    if (ring == NULL)
        return NULL;
    ring->slots = calloc(size, sizeof(*ring->slots));
    if (ring->slots == NULL)
        goto fail;
    ring->size = size;
    if (strlen(prefix) < NAME_SIZE - 12)
        sprintf(ring->name, "%s-%d", prefix, number);
    TRACE("%s: %zu slots\\n", ring->name, size);
    return ring;

fail:
    free(ring);
    return NULL;
}

int ring_put(struct ring *ring, const struct message *message)
{
    register size_t head = ring->head;

    if (head - ring->tail == ring->size)
        return -EAGAIN;
    memcpy(&ring->slots[head & (ring->size - 1)], message, sizeof(*message));
    __asm__ volatile("" ::: "memory");
    ring->head = head + 1;
    return 0;
}

#if 0
/* Too slow on the small board: it asks for the time at each message. */
int ring_put_timed(struct ring *ring, struct message *message)
{
    message->time = now();
    return ring_put(ring, message);
}
#endif

const char *ring_state(const struct ring *ring)
{
    switch (ring->head - ring->tail) {
    case 0:
        return "empty";
    case 1:
        return "one message";
    default:
        break;
    }
    return ring->head - ring->tail == ring->size ? "full" : "some messages";
}

static int is_power(size_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}
"""

# One function that nobody has touched since the eighties among newer ones.
CKSUM = """/* Sums of files, as the old tools print them. */

#include <stdio.h>

static unsigned rotate(sum)
    unsigned sum;
{
    return (sum >> 1) + ((sum & 1) << 15);
}

unsigned sum_file(FILE *file)
{
    unsigned sum = 0;
    int byte;

    while ((byte = getc(file)) != EOF)
        sum = (rotate(sum) + byte) & 0xffff;
    return sum;
}

long count_blocks(FILE *file, long size)
{
    long blocks = 0;

    while (fseek(file, blocks * size, SEEK_SET) == 0 && getc(file) != EOF)
        blocks++;
    return blocks;
}
"""

STATES = (
    "int scan(const char *text)\n{\n    int at = 0;\n"
    + lines(
        """state_{n}:
    if (text[at] == '{letter}') {
        at++;
        goto state_{n};
    }
    if (text[at] == 0)
        goto end;
    if (text[at] == ' ')
        goto end;
    goto state_0;
""",
        10,
        letter=list("abcdefghij"),
    )
    + "end:\n    return at;\n}\n"
)

OVERFLOWS = (
    "#include <string.h>\n\nvoid greet(char *out)\n{\n    char name[16];\n    gets(name);\n"
    + lines(
        """    strcpy(out, "{word}");
    strcat(out, name);
""",
        5,
        word=["Good morning ", "Good day ", "Good evening ", "Good night ", "Hello "],
    )
    + "}\n"
)

OLD_STYLE = "#include <stdio.h>\n" + lines(
    """
int {name}(x, y)
int x;
int y;
{
    return x {sign} y;
}
""",
    5,
    name=["add", "subtract", "multiply", "divide", "modulo"],
    sign=["+", "-", "*", "/", "%"],
)

MACROS = (
    "#ifndef VECTOR_H\n#define VECTOR_H\n"
    + lines(
        """
#define vector_{name}(v, i) \\
    do { (v)->data[(i)].{name} += {n}; (v)->changed = 1; } while (0)
""",
        10,
        name=["x", "y", "z", "w", "red", "green", "blue", "alpha", "left", "right"],
    )
    + "\n#endif\n"
)

ASSEMBLER = (
    "#include <stdint.h>\n\nvoid fence_all(uint32_t *a)\n{\n"
    + lines('    __asm__ volatile("{op} %0" : : "r"(a[{n}]));\n', 20, op=["wfi", "wfe", "sev", "isb", "dsb"])
    + "}\n"
)

DISABLED = "int mode;\n" + lines(
    """
#if 0
int old_{name}(int a)
{
    return a * {n};
}
#endif

int {name}(int a)
{
    return a + {n};
}
""",
    6,
    name=["first", "second", "third", "fourth", "fifth", "sixth"],
)

CONFIGURED = lines(
    """
#ifdef HAVE_{NAME}
int has_{name} = 1;
#else
int has_{name} = 0;
#endif
""",
    10,
    NAME=["FORK", "POLL", "EPOLL", "KQUEUE", "SELECT", "MMAP", "SENDFILE", "SPLICE", "PIPE2", "DUP3"],
    name=["fork", "poll", "epoll", "kqueue", "select", "mmap", "sendfile", "splice", "pipe2", "dup3"],
)

REGISTERS = (
    "/* Registers of the timer. */\n#ifndef TIMER_REGS_H\n#define TIMER_REGS_H\n"
    + lines("#define TIMER_{name}_{n} 0x{n}4\n", 40, name=["CTRL", "COUNT", "RELOAD", "STATUS"])
    + "#endif\n"
)

HEADER = (
    "#ifndef IMAGE_H\n#define IMAGE_H\n\nstruct image;\n\n"
    + lines(
        "int image_{name}(struct image *image, int x, int y);\n",
        20,
        name=[
            "open",
            "close",
            "read",
            "write",
            "crop",
            "scale",
            "turn",
            "flip",
            "blur",
            "sharpen",
            "invert",
            "fill",
            "line",
            "circle",
            "text",
            "copy",
            "paste",
            "merge",
            "split",
            "show",
        ],
    )
    + "\n#endif\n"
)

NAMES = (
    "const char *name_of(int code)\n{\n    switch (code) {\n"
    + lines(
        '    case {n}: return "E{name}";\n',
        24,
        name=[
            "PERM",
            "NOENT",
            "SRCH",
            "INTR",
            "IO",
            "NXIO",
            "TOOBIG",
            "NOEXEC",
            "BADF",
            "CHILD",
            "AGAIN",
            "NOMEM",
        ],
    )
    + "    }\n    return 0;\n}\n"
)

EIGHTIES = (
    "void blit(char *from, char *to, int count)\n{\n"
    + lines(
        """    {
        register char *source{n} = from + {n};
        register char *target{n} = to + {n};
        register int left{n} = count;
        while (left{n}--)
            *target{n}++ = *source{n}++;
    }
""",
        6,
    )
    + "}\n"
)

EXAMPLES = {
    "CC638": Example(LANGUAGE, RING, STATES, measured=40 / 63),
    "CC639": Example(LANGUAGE, RING, OVERFLOWS, measured=11 / 11),
    "CC640": Example(LANGUAGE, CKSUM, OLD_STYLE, measured=1),
    "CC641": Example(LANGUAGE, RING, MACROS, measured=1, limit=0.9),
    "CC642": Example(LANGUAGE, RING, ASSEMBLER, measured=20 / 22),
    "CC643": Example(LANGUAGE, RING, DISABLED, measured=6 / 25),
    "CC644": Example(LANGUAGE, RING, CONFIGURED, measured=10 / 20, limit=0.4),
    "CC645": Example(LANGUAGE, RING, REGISTERS, measured=43 / 44),
    "CC646": Example(LANGUAGE, RING, HEADER, measured=20 / 22, limit=0.5),
    "CC647": Example(LANGUAGE, RING, NAMES, measured=24 / 27),
    "CC648": Example(LANGUAGE, RING, EIGHTIES, measured=18 / 25),
}
