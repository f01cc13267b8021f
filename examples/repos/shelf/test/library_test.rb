# frozen_string_literal: true

require "minitest/autorun"
require_relative "../lib/shelf"

class LibraryTest < Minitest::Test
  TODAY = Date.new(2026, 5, 4)

  def setup
    @library = Shelf::Library.new
    @book = @library.add(title: "The Sea", authors: ["Jo Berg"], isbn: "0-306-40615-2")
  end

  def test_old_numbers_are_kept_in_the_new_form
    assert_equal "9780306406157", @book.isbn
  end

  def test_a_wrong_check_digit_is_refused
    assert_raises(Shelf::Error) { @library.add(title: "x", authors: [], isbn: "0-306-40615-3") }
  end

  def test_a_lent_book_cannot_be_lent_again
    @library.lend(@book.id, "Ana", today: TODAY)
    error = assert_raises(Shelf::Error) { @library.lend(@book.id, "Ben", today: TODAY) }
    assert_match(/2026-05-25/, error.message)
  end

  def test_late_books_are_counted_in_days
    @library.lend(@book.id, "Ana", today: TODAY)
    assert_equal({ "Ana" => 1 }, @library.overdue(today: TODAY + 22).transform_values(&:size))
    assert_equal 3, @library.take_back(@book.id, today: TODAY + 24)
  end
end
