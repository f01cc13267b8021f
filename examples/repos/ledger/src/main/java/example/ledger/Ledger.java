package example.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Transactions in the order of their dates, and what follows from them. */
public final class Ledger {
    private final List<Transaction> transactions = new ArrayList<>();

    /** Adds a transaction; one that is dated back is put where it belongs. */
    public void add(Transaction transaction) {
        int position = transactions.size();
        while (position > 0 && transactions.get(position - 1).date().isAfter(transaction.date())) {
            position--;
        }
        transactions.add(position, transaction);
    }

    public List<Transaction> transactions() {
        return Collections.unmodifiableList(transactions);
    }

    /** Balance of every account at the end of {@code day}, by account name. */
    public SortedMap<String, Money> balances(LocalDate day) {
        SortedMap<String, Money> balances = new TreeMap<>();
        for (Transaction transaction : transactions) {
            if (transaction.date().isAfter(day)) {
                break;
            }
            for (Transaction.Posting posting : transaction.postings()) {
                balances.merge(posting.account(), posting.amount(), Money::plus);
            }
        }
        return balances;
    }

    /** Sum of an account and of those below it: {@code assets} holds {@code assets:bank}. */
    public Money total(String account, LocalDate day) {
        Money sum = Money.ZERO;
        for (var entry : balances(day).entrySet()) {
            if (entry.getKey().equals(account) || entry.getKey().startsWith(account + ":")) {
                sum = sum.plus(entry.getValue());
            }
        }
        return sum;
    }

    /** The largest movements of an account, largest first, whichever way they went. */
    public List<Transaction.Posting> largest(String account, int count) {
        return transactions.stream()
                .flatMap(transaction -> transaction.postings().stream())
                .filter(posting -> posting.account().equals(account))
                .sorted(Comparator.comparingLong((Transaction.Posting p) -> -Math.abs(p.amount().cents())))
                .limit(count)
                .toList();
    }
}
