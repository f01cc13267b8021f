package example.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Money that moves between accounts on a day; the postings sum to zero. */
public record Transaction(LocalDate date, String text, List<Posting> postings) {

    /** One side of a transaction: positive into the account, negative out of it. */
    public record Posting(String account, Money amount) {}

    public Transaction {
        postings = List.copyOf(postings);
        if (postings.size() < 2) {
            throw new IllegalArgumentException("a transaction needs at least two postings");
        }
        Money sum = Money.ZERO;
        for (Posting posting : postings) {
            sum = sum.plus(posting.amount());
        }
        if (!sum.equals(Money.ZERO)) {
            throw new IllegalArgumentException("postings of \"" + text + "\" sum to " + sum + ", not to zero");
        }
    }

    public static Builder on(LocalDate date, String text) {
        return new Builder(date, text);
    }

    /** Collects postings; {@link #rest} closes the transaction with whatever is missing. */
    public static final class Builder {
        private final LocalDate date;
        private final String text;
        private final List<Posting> postings = new ArrayList<>();

        private Builder(LocalDate date, String text) {
            this.date = date;
            this.text = text;
        }

        public Builder move(String account, String amount) {
            postings.add(new Posting(account, Money.parse(amount)));
            return this;
        }

        public Transaction rest(String account) {
            Money sum = postings.stream().map(Posting::amount).reduce(Money.ZERO, Money::plus);
            postings.add(new Posting(account, sum.negated()));
            return new Transaction(date, text, postings);
        }
    }
}
