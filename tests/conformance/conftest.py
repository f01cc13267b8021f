"""Nothing here is a test of the ordinary run: the readers need environments of their own."""

collect_ignore_glob = ["*.py"]
