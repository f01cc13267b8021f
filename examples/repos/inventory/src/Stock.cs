using System;
using System.Collections.Generic;
using System.Linq;

namespace Example.Inventory;

/// <summary>A thing that is bought and sold, and when to order more of it.</summary>
public sealed record Article(string Number, string Name, int ReorderLevel, int OrderQuantity);

/// <summary>A change of stock: positive when things come in, negative when they go out.</summary>
public sealed record Movement(string ArticleNumber, string Warehouse, int Quantity, DateTimeOffset At);

/// <summary>Thrown when more should go out than is there.</summary>
public sealed class OutOfStockException : InvalidOperationException
{
    public OutOfStockException(string article, string warehouse, int wanted, int present)
        : base($"{warehouse} has {present} of article {article}, not {wanted}")
    {
        Missing = wanted - present;
    }

    public int Missing { get; }
}

/// <summary>Stock by article and warehouse, derived from movements only; there is no other way to change it.</summary>
public sealed class Stock
{
    private readonly Dictionary<(string Article, string Warehouse), int> _quantities = new();
    private readonly List<Movement> _movements = new();

    public IReadOnlyList<Movement> Movements => _movements;

    public int Quantity(string article, string warehouse) =>
        _quantities.GetValueOrDefault((article, warehouse));

    public int Total(string article) =>
        _quantities.Where(entry => entry.Key.Article == article).Sum(entry => entry.Value);

    public void Apply(Movement movement)
    {
        if (movement.Quantity == 0)
        {
            throw new ArgumentException("a movement moves something", nameof(movement));
        }

        var key = (movement.ArticleNumber, movement.Warehouse);
        var present = _quantities.GetValueOrDefault(key);
        if (present + movement.Quantity < 0)
        {
            throw new OutOfStockException(key.ArticleNumber, key.Warehouse, -movement.Quantity, present);
        }

        _quantities[key] = present + movement.Quantity;
        _movements.Add(movement);
    }

    /// <summary>Moves things between warehouses; either both movements happen or none.</summary>
    public void Transfer(string article, string from, string to, int quantity, DateTimeOffset at)
    {
        if (quantity <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(quantity), quantity, "must be positive");
        }

        Apply(new Movement(article, from, -quantity, at));
        Apply(new Movement(article, to, quantity, at));
    }

    /// <summary>Articles at or below their reorder level, scarcest first.</summary>
    public IEnumerable<(Article Article, int Quantity)> ToOrder(IEnumerable<Article> articles) =>
        from article in articles
        let present = Total(article.Number)
        where present <= article.ReorderLevel
        orderby (double)present / Math.Max(1, article.ReorderLevel), article.Number
        select (article, Math.Max(article.OrderQuantity, article.ReorderLevel - present));
}
