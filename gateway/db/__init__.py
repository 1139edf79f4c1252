"""Tables, transactions and migrations: the only place that knows how the data are stored."""
