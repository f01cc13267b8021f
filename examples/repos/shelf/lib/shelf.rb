# frozen_string_literal: true

require_relative "shelf/book"
require_relative "shelf/library"
require_relative "shelf/isbn"

# Keeps track of books. See Shelf::Library for where to start.
module Shelf
  class Error < StandardError; end
end
