package example.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);

    @Test
    void balancesFollowFromTransactions() {
        Ledger ledger = new Ledger();
        ledger.add(Transaction.on(MONDAY, "salary").move("assets:bank", "2500").rest("income"));
        ledger.add(Transaction.on(MONDAY.plusDays(1), "rent").move("expenses:rent", "900.50").rest("assets:bank"));
        assertEquals("1599.50", ledger.balances(MONDAY.plusDays(1)).get("assets:bank").toString());
        assertEquals("2500.00", ledger.total("assets", MONDAY).toString());
    }

    @Test
    void aTransactionThatDoesNotSumToZeroIsRefused() {
        var lonely = List.of(
                new Transaction.Posting("a", Money.parse("1")), new Transaction.Posting("b", Money.parse("1")));
        assertThrows(IllegalArgumentException.class, () -> new Transaction(MONDAY, "wrong", lonely));
    }

    @Test
    void noCentIsLostInASplit() {
        Money sum = Money.ZERO;
        for (Money share : Money.parse("100").split(3)) {
            sum = sum.plus(share);
        }
        assertEquals(Money.parse("100"), sum);
    }

    @Test
    void aTransactionDatedBackTakesItsPlace() {
        Ledger ledger = new Ledger();
        ledger.add(Transaction.on(MONDAY.plusDays(1), "later").move("a", "1").rest("b"));
        ledger.add(Transaction.on(MONDAY, "earlier").move("a", "1").rest("b"));
        assertEquals("earlier", ledger.transactions().get(0).text());
    }
}
