# frozen_string_literal: true

module Shelf
  # International standard book numbers: check digits, and the old form in the new one.
  module Isbn
    module_function

    # The thirteen digits of an ISBN, old or new, or nil if the check digit is wrong.
    #
    #   Isbn.normalize("0-306-40615-2")  # => "9780306406157"
    def normalize(text)
      digits = text.delete(" -").upcase
      return normalize_old(digits) if digits.match?(/\A\d{9}[\dX]\z/)

      digits if digits.match?(/\A\d{13}\z/) && check_digit(digits[0, 12]) == digits[-1]
    end

    # The last digit of an ISBN-13: weights 1 and 3 in turn, up to the next ten.
    def check_digit(twelve)
      sum = twelve.each_char.with_index.sum { |digit, index| digit.to_i * (index.even? ? 1 : 3) }
      ((10 - (sum % 10)) % 10).to_s
    end

    def normalize_old(digits)
      sum = digits.each_char.with_index.sum do |digit, index|
        (10 - index) * (digit == "X" ? 10 : digit.to_i)
      end
      return nil unless (sum % 11).zero?

      body = "978#{digits[0, 9]}"
      body + check_digit(body)
    end
  end
end
