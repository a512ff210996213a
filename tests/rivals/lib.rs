//! Nothing: the filters are this package's examples, one module each.
