using System;
using System.Linq;
using Xunit;

namespace Example.Inventory.Tests;

public sealed class StockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WhatComesInIsThere()
    {
        var stock = new Stock();
        stock.Apply(new Movement("A1", "north", 5, Noon));
        Assert.Equal(5, stock.Quantity("A1", "north"));
        Assert.Equal(0, stock.Quantity("A1", "south"));
    }

    [Fact]
    public void NothingLeavesThatIsNotThere()
    {
        var stock = new Stock();
        var error = Assert.Throws<OutOfStockException>(() => stock.Apply(new Movement("A1", "north", -2, Noon)));
        Assert.Equal(2, error.Missing);
        Assert.Empty(stock.Movements);
    }

    [Fact]
    public void ScarcestArticleIsOrderedFirst()
    {
        var stock = new Stock();
        stock.Apply(new Movement("A1", "north", 5, Noon));
        stock.Apply(new Movement("B2", "north", 1, Noon));
        var articles = new[] { new Article("A1", "nut", 10, 100), new Article("B2", "bolt", 10, 50) };
        Assert.Equal(new[] { "B2", "A1" }, stock.ToOrder(articles).Select(entry => entry.Article.Number));
    }
}
