"""Makes the corpus: requests of real clients, as data. See ../PROVENANCE.md."""
