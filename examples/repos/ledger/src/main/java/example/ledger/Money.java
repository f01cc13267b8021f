package example.ledger;

import java.util.Objects;

/** An amount in cents. Adding amounts that do not fit a long is an error, never a wrong sum. */
public record Money(long cents) implements Comparable<Money> {
    public static final Money ZERO = new Money(0);

    /**
     * Reads an amount such as {@code "12.50"}, {@code "-3"} or {@code "0.05"}.
     *
     * @throws NumberFormatException if the text is no amount, or has more than two decimals
     */
    public static Money parse(String text) {
        Objects.requireNonNull(text, "text");
        String trimmed = text.trim();
        boolean negative = trimmed.startsWith("-");
        String digits = negative ? trimmed.substring(1) : trimmed;
        int point = digits.indexOf('.');
        String whole = point < 0 ? digits : digits.substring(0, point);
        String fraction = point < 0 ? "" : digits.substring(point + 1);
        if (whole.isEmpty() || fraction.length() > 2 || (point >= 0 && fraction.isEmpty())) {
            throw new NumberFormatException("not an amount: " + text);
        }
        long cents = Math.addExact(
                Math.multiplyExact(Long.parseUnsignedLong(whole), 100L),
                fraction.isEmpty() ? 0 : Long.parseUnsignedLong((fraction + "0").substring(0, 2)));
        return new Money(negative ? Math.negateExact(cents) : cents);
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(cents, other.cents));
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(cents, other.cents));
    }

    public Money negated() {
        return new Money(Math.negateExact(cents));
    }

    /** Splits into {@code parts} amounts that differ by at most one cent and sum to this one. */
    public Money[] split(int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("cannot split into " + parts + " parts");
        }
        Money[] shares = new Money[parts];
        long share = Math.floorDiv(cents, parts);
        long rest = Math.floorMod(cents, parts);
        for (int index = 0; index < parts; index++) {
            shares[index] = new Money(share + (index < rest ? 1 : 0));
        }
        return shares;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(cents, other.cents);
    }

    @Override
    public String toString() {
        return String.format("%s%d.%02d", cents < 0 ? "-" : "", Math.abs(cents / 100), Math.abs(cents % 100));
    }
}
