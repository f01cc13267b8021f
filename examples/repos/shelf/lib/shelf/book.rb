# frozen_string_literal: true

module Shelf
  # One copy of a book. Two copies of the same book have the same ISBN and different ids.
  Book = Struct.new(:id, :isbn, :title, :authors, :place, keyword_init: true) do
    def sort_key
      [authors.first.to_s.split.last.to_s.downcase, title.downcase.sub(/\A(the|an?) /, "")]
    end

    def to_s
      "#{title} (#{authors.join(', ')})"
    end
  end

  # A book that somebody took home.
  Loan = Struct.new(:book_id, :reader, :due, keyword_init: true) do
    def overdue?(today)
      due < today
    end

    def days_late(today)
      [(today - due).to_i, 0].max
    end
  end
end
