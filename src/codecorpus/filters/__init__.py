"""Rules over measures, the licence policy, secrets: who stays in the corpus, and with which text."""

from codecorpus.filters.decide import decide as decide
from codecorpus.filters.options import FilterOptions as FilterOptions
from codecorpus.filters.options import LicenceOptions as LicenceOptions
from codecorpus.filters.options import SecretOptions as SecretOptions
from codecorpus.filters.tables import FilterResult as FilterResult
from codecorpus.filters.tables import apply as apply
from codecorpus.filters.tables import measure as measure
