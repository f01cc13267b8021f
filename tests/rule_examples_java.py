"""Java: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "Java"

# One of each: an import of a package, an empty handler, a broad one, printStackTrace, System.exit, StringBuffer, a cast, instanceof,
# `return null`, a few fields.
SHELF = """package org.example.shelf;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.logging.Logger;

/** Books on a shelf, read from a file of tab-separated lines. */
public final class Shelf {
    private static final Logger LOG = Logger.getLogger(Shelf.class.getName());
    private final Map<String, Book> books = new TreeMap<>();
    private final Path path;

    public Shelf(Path path) {
        this.path = path;
    }

    /** Reads the file anew; lines that cannot be read are logged and left out. */
    public int load() throws IOException {
        books.clear();
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                try {
                    Book book = Book.parse(line);
                    books.put(book.title(), book);
                } catch (IllegalArgumentException problem) {
                    LOG.warning("line " + number + ": " + problem.getMessage());
                }
            }
        }
        return books.size();
    }

    public Book find(String title) {
        if (title.isBlank()) {
            return null;
        }
        return books.get(title.strip());
    }

    /** How many pages stand on the shelf, as far as it is known. */
    public long pages(Collection<?> entries) {
        long pages = 0;
        for (Object entry : entries) {
            if (entry instanceof Book) {
                pages += ((Book) entry).pages();
            }
        }
        return pages;
    }

    String table() {
        StringBuffer text = new StringBuffer();
        for (Book book : books.values()) {
            text.append(book.title()).append('\\t').append(book.pages()).append('\\n');
        }
        return text.toString();
    }

    public static void main(String[] arguments) {
        Shelf shelf = new Shelf(Path.of(arguments[0]));
        try {
            LOG.info(shelf.load() + " books");
            Thread.sleep(1000);
        } catch (InterruptedException ignored) {
        } catch (Exception problem) {
            problem.printStackTrace();
            System.exit(1);
        }
    }
}
"""

WILDCARDS = """package old.editor;

import java.awt.*;
import java.awt.event.*;
import java.io.*;
import java.util.*;
import javax.swing.*;
import javax.swing.text.JTextComponent;

public class Editor extends JFrame {
    private final JTextComponent text = new JTextArea(40, 80);

    public Editor(String name) {
        super(name);
        add(new JScrollPane(text), BorderLayout.CENTER);
    }
}
"""


def _handlers(handler: str) -> str:
    methods = lines(
        """
    public void {name}() {
        try {
            store.{name}();
        } catch ({handler}
        }
    }
""",
        8,
        name=["open", "close", "read", "write", "flush", "lock", "unlock", "move"],
    )
    return (
        "package old.store;\n\npublic class Guard {\n    private Store store;\n"
        + methods.replace("{handler}", handler)
        + "}\n"
    )


EXITS = (
    "public class Menu {\n    private static int size;\n"
    + lines(
        """
    static void {name}(String[] words) {
        if (words.length < {n}) {
            System.out.println("usage: {name} FILE");
            System.exit({n});
        }
        System.exit(run(words));
    }
""",
        6,
        name=["copy", "move", "list", "find", "sort", "count"],
    )
    + "}\n"
)

OUTDATED = """import java.util.Enumeration;
import java.util.Hashtable;
import java.util.Vector;

public class Registry {
    private Hashtable services = new Hashtable();
    private Vector listeners = new Vector();
    private Vector order = new Vector();

    public void add(String name, Object service) {
        services.put(name, service);
        order.addElement(name);
    }

    public Enumeration names() {
        return services.keys();
    }

    public Vector inOrder() {
        Vector found = new Vector();
        for (Enumeration e = order.elements(); e.hasMoreElements();) {
            found.addElement(e.nextElement());
        }
        StringBuffer text = new StringBuffer();
        text.append(found);
        return found;
    }

    public Vector listeners() {
        return (Vector) listeners.clone();
    }

    public Hashtable services() {
        Hashtable copy = new Hashtable();
        return copy;
    }
}
"""

CASTS = (
    "import java.util.Map;\n\npublic class Order {\n    private Map row;\n"
    + lines(
        """
    public {type} get{Name}() {
        return ({type}) choose(({type}) row.get("{Name}"), ({type}) fallback("{Name}"));
    }
""",
        10,
        type=["String", "Integer", "Long"],
        Name=["Customer", "Number", "Total", "Street", "Town", "Country", "Mail", "Phone", "Date", "State"],
    )
    + "\n    private Object fallback(String name) {\n        return Defaults.of(name);\n    }\n}\n"
)

TYPE_TESTS = (
    "public class Printer {\n    public void visit(Node node) {\n"
    + lines(
        """        if (node instanceof {name} || node.parent() instanceof {name}) {
            print{name}(node);
        }
""",
        10,
        name=["Add", "Subtract", "Multiply", "Divide", "Negate", "Number", "Name", "Call", "Let", "If"],
    )
    + "    }\n}\n"
)

NULLS = (
    "public class ModelAdapter implements Model {\n"
    + lines(
        """
    @Override
    public Object {name}(int row, int column) {
        return null;
    }
""",
        10,
        name=["value", "header", "editor", "renderer", "parent", "child", "type", "icon", "hint", "style"],
    )
    + "}\n"
)

CONSTANTS = (
    "/** Names of the columns. */\npublic final class Columns {\n"
    + lines(
        '    public static final String {name} = "{name}";\n',
        20,
        name=[
            "ID",
            "NAME",
            "TITLE",
            "OWNER",
            "STATE",
            "COLOUR",
            "SIZE",
            "WEIGHT",
            "PRICE",
            "TAX",
            "COUNTRY",
            "TOWN",
            "STREET",
            "ZIP",
            "MAIL",
            "PHONE",
            "FAX",
            "NOTE",
            "CREATED",
            "CHANGED",
        ],
    )
    + "}\n"
)

EXAMPLES = {
    "CC626": Example(LANGUAGE, SHELF, WILDCARDS, measured=5 / 6, limit=0.5),
    "CC627": Example(LANGUAGE, SHELF, _handlers("java.io.IOException e) {"), measured=1),
    "CC628": Example(
        LANGUAGE, SHELF, _handlers("Exception e) {\n            log(e);"), measured=1, limit=0.5
    ),
    "CC629": Example(
        LANGUAGE, SHELF, _handlers("StoreException e) {\n            e.printStackTrace();"), measured=1
    ),
    "CC630": Example(LANGUAGE, SHELF, EXITS, measured=12 / 32),
    "CC631": Example(LANGUAGE, SHELF, OUTDATED, measured=18 / 20),
    "CC632": Example(LANGUAGE, SHELF, CASTS, measured=30 / 25),
    "CC633": Example(LANGUAGE, SHELF, TYPE_TESTS, measured=20 / 22),
    "CC634": Example(LANGUAGE, SHELF, NULLS, measured=1),
    "CC635": Example(LANGUAGE, SHELF, CONSTANTS, measured=20 / 21, limit=0.5),
}
