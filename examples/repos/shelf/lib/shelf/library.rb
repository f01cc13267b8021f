# frozen_string_literal: true

require "date"

module Shelf
  # All books and who has them. Readers are names; a reader with overdue books borrows nothing new.
  class Library
    LOAN_DAYS = 21
    MOST_LOANS = 5

    attr_reader :books

    def initialize
      @books = {}
      @loans = {}
      @next_id = 1
    end

    def add(title:, authors:, isbn: nil, place: "store")
      number = isbn && Isbn.normalize(isbn)
      raise Error, "#{isbn} is not an ISBN" if isbn && number.nil?

      book = Book.new(id: @next_id, isbn: number, title: title, authors: authors, place: place)
      @next_id += 1
      @books[book.id] = book
    end

    def lend(book_id, reader, today: Date.today)
      book = @books.fetch(book_id) { raise Error, "no book #{book_id}" }
      raise Error, "#{book.title} is lent until #{@loans[book_id].due}" if @loans.key?(book_id)

      mine = loans_of(reader)
      raise Error, "#{reader} has overdue books" if mine.any? { |loan| loan.overdue?(today) }
      raise Error, "#{reader} has #{MOST_LOANS} books already" if mine.size >= MOST_LOANS

      @loans[book_id] = Loan.new(book_id: book_id, reader: reader, due: today + LOAN_DAYS)
    end

    # Takes a book back; returns how many days it was late.
    def take_back(book_id, today: Date.today)
      loan = @loans.delete(book_id) or raise Error, "book #{book_id} is not lent"
      loan.days_late(today)
    end

    def loans_of(reader)
      @loans.values.select { |loan| loan.reader == reader }
    end

    # Overdue loans by reader, the longest first.
    def overdue(today: Date.today)
      late = @loans.values.select { |loan| loan.overdue?(today) }
      late.sort_by { |loan| [loan.due, loan.reader] }.group_by(&:reader)
    end

    # Books in the order in which they stand: by the author's last name, then by title.
    def each_in_order(&block)
      @books.values.sort_by(&:sort_key).each(&block)
    end
  end
end
