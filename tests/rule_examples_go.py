"""Go: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "Go"

# One of each: `_ =`, panic, interface{}, goto, unsafe, ioutil, init, a tag, a few checks of errors and constants.
CACHE = """// Package cache keeps files that were read before.
package cache

import (
	"encoding/json"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unsafe"
)

const (
	maxEntries = 1 << 10
	maxAge     = 10 * time.Minute
)

var defaultCache *Cache

func init() {
	defaultCache = New(os.TempDir())
}

// An Entry is a file and when it was read.
type Entry struct {
	Path  string `json:"path"`
	Data  []byte
	Read  time.Time
	Extra map[string]interface{}
}

// A Cache is safe for use by several goroutines.
type Cache struct {
	mu      sync.Mutex
	folder  string
	entries map[string]*Entry
}

// New returns a cache of the files below folder.
func New(folder string) *Cache {
	if folder == "" {
		panic("cache: no folder")
	}
	return &Cache{folder: folder, entries: make(map[string]*Entry)}
}

// Get returns the content of a file, which the caller must not change.
func (c *Cache) Get(name string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry, ok := c.entries[name]; ok && time.Since(entry.Read) < maxAge {
		return entry.Data, nil
	}
	data, err := ioutil.ReadFile(filepath.Join(c.folder, name))
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if len(c.entries) >= maxEntries {
		c.forgetOldest()
	}
	c.entries[name] = &Entry{Path: name, Data: data, Read: time.Now()}
	return data, nil
}

// Size is what the entries take, in bytes.
func (c *Cache) Size() uintptr {
	var size uintptr
	for _, entry := range c.entries {
		size += unsafe.Sizeof(*entry) + uintptr(len(entry.Data))
	}
	return size
}

func (c *Cache) forgetOldest() {
	var oldest *Entry
	for _, entry := range c.entries {
		if oldest == nil || entry.Read.Before(oldest.Read) {
			oldest = entry
		}
	}
	if oldest == nil {
		goto done
	}
	delete(c.entries, oldest.Path)
done:
	_ = os.Remove(filepath.Join(c.folder, ".stale"))
}

// Save writes the names of the entries as JSON.
func (c *Cache) Save(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return json.NewEncoder(file).Encode(c.entries)
}
"""

MATCHERS = """package shop_test

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"example.org/shop"
)

func fill(basket *shop.Basket, goods map[string]int) *shop.Basket {
	for name, price := range goods {
		basket.Add(name, 1, price)
	}
	return basket
}

func expectTotal(t *testing.T, basket *shop.Basket, total int) {
	t.Helper()
	NewWithT(t).Expect(basket.Total()).To(Equal(total))
}

func TestBasketAddsUp(t *testing.T) {
	basket := fill(shop.NewBasket(time.Now()), map[string]int{"tea": 750, "milk": 120})
	expectTotal(t, basket, 870)
}
"""

DISCARDS = (
    "package old\n\nfunc use(c *Client) {\n"
    + lines(
        """	{name} := c.{name}()
	_ = {name}
	_ = c.close{n}()
""",
        10,
        name=["user", "group", "host", "port", "path", "query", "token", "cookie", "proxy", "agent"],
    )
    + "}\n"
)

PANICS = 'package main\n\nimport (\n\t"log"\n\t"os"\n)\n' + lines(
    """
func {name}(args []string) {
	if len(args) < {n} {
		log.Fatal("too few")
		os.Exit({n})
	}
	panic("{name}: not now")
	panic(args)
}
""",
    7,
    name=["add", "remove", "list", "show", "copy", "move", "sort"],
)

EMPTY_INTERFACES = "package value\n" + lines(
    """
func {name}(a interface{}, b any, options map[any]interface{}) interface{} {
	return call("{name}", a, b, options)
}
""",
    5,
    name=["add", "subtract", "multiply", "divide", "compare"],
)

GOTOS = (
    "package lexer\n\nfunc next(s []byte, p int) int {\n"
    + lines(
        """st{n}:
	if s[p] == '{letter}' {
		p++
		goto st{n}
	}
	goto done
""",
        8,
        letter=list("abcdefgh"),
    )
    + "done:\n\treturn p\n}\n"
)

CHECKS = "package glue\n" + lines(
    """
func {name}(c *Client) error {
	if err := c.open{Name}(); err != nil {
		return err
	}
	if err := c.write{Name}(); err != nil {
		return err
	}
	if err := c.flush{Name}(); err != nil {
		return err
	}
	if err := c.close{Name}(); err != nil {
		return err
	}
	return nil
}
""",
    4,
    name=["user", "group", "host", "volume"],
    Name=["User", "Group", "Host", "Volume"],
)

DOT_IMPORTS = """package shape

import (
	. "fmt"
	. "math"
	. "strings"
	"os"
)

func Describe(radius float64) string {
	return ToUpper(Sprintf("%s: %f", os.Args[0], Pi*Pow(radius, 2)))
}
"""

UNSAFE = 'package syscalls\n\nimport "unsafe"\n' + lines(
    """
func {name}(p []byte, q *Stat) uintptr {
	return call({n}, uintptr(unsafe.Pointer(&p[0])), uintptr(unsafe.Pointer(q)), unsafe.Sizeof(*q))
}
""",
    12,
    name=[
        "read",
        "write",
        "open",
        "close",
        "stat",
        "poll",
        "seek",
        "mmap",
        "ioctl",
        "pipe",
        "splice",
        "sync",
    ],
)

DEPRECATED = """package files

import (
	"io/ioutil"
	"math/rand"
)

func Shuffle(folder string) error {
	rand.Seed(42)
	infos, err := ioutil.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, info := range infos {
		data, err := ioutil.ReadFile(info.Name())
		if err != nil {
			return err
		}
		return ioutil.WriteFile(info.Name(), data, 0o644)
	}
	return nil
}
"""

INITS = "package codecs\n" + lines(
    """
func init() {
	register("{name}", new{name}Codec)
}
""",
    6,
    name=["PNG", "JPEG", "GIF", "BMP", "TIFF", "WebP"],
)

TAGS = (
    "package api\n\n// An Order as the service sends it.\ntype Order struct {\n"
    + lines(
        '	{Name} string `json:"{name},omitempty"`\n',
        20,
        Name=[
            "Number",
            "Date",
            "Customer",
            "Street",
            "Town",
            "Country",
            "Zip",
            "Mail",
            "Phone",
            "State",
            "Currency",
            "Total",
            "Tax",
            "Rebate",
            "Note",
            "Carrier",
            "Weight",
            "Parcel",
            "Sent",
            "Paid",
        ],
        name=[
            "number",
            "date",
            "customer",
            "street",
            "town",
            "country",
            "zip",
            "mail",
            "phone",
            "state",
            "currency",
            "total",
            "tax",
            "rebate",
            "note",
            "carrier",
            "weight",
            "parcel",
            "sent",
            "paid",
        ],
    )
    + "}\n"
)

ERRNOS = (
    "package errno\n\n// Numbers of errors.\nconst (\n"
    + lines(
        "\tE{name}{n} = Errno(0x{n})\n", 70, name=["PERM", "NOENT", "SRCH", "INTR", "IO", "NXIO", "TOOBIG"]
    )
    + ")\n"
)

EXAMPLES = {
    "CC662": Example(LANGUAGE, CACHE, DISCARDS, measured=20 / 32),
    "CC663": Example(LANGUAGE, CACHE, PANICS, measured=28 / 44),
    "CC664": Example(LANGUAGE, CACHE, EMPTY_INTERFACES, measured=25 / 25),
    "CC665": Example(LANGUAGE, CACHE, GOTOS, measured=16 / 35),
    "CC666": Example(LANGUAGE, CACHE, CHECKS, measured=16 / 41),
    "CC667": Example(LANGUAGE, MATCHERS, DOT_IMPORTS, measured=3 / 4),
    "CC668": Example(LANGUAGE, CACHE, UNSAFE, measured=36 / 26),
    "CC669": Example(LANGUAGE, CACHE, DEPRECATED, measured=4 / 10),
    "CC670": Example(LANGUAGE, CACHE, INITS, measured=1, limit=0.5),
    "CC671": Example(LANGUAGE, CACHE, TAGS, measured=1, limit=0.5),
    "CC672": Example(LANGUAGE, CACHE, ERRNOS, measured=70 / 20),
}
