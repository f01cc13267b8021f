-- Stock follows from movements; the view below is the only place that says how much there is.

CREATE TABLE article (
    number         TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    reorder_level  INTEGER NOT NULL CHECK (reorder_level >= 0),
    order_quantity INTEGER NOT NULL CHECK (order_quantity > 0)
);

CREATE TABLE movement (
    id             INTEGER PRIMARY KEY,
    article_number TEXT NOT NULL REFERENCES article (number),
    warehouse      TEXT NOT NULL,
    quantity       INTEGER NOT NULL CHECK (quantity <> 0),
    at             TIMESTAMP NOT NULL
);

CREATE INDEX movement_by_article ON movement (article_number, warehouse);

CREATE VIEW stock AS
SELECT article_number, warehouse, SUM(quantity) AS quantity
FROM movement
GROUP BY article_number, warehouse
HAVING SUM(quantity) <> 0;
