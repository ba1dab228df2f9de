"""Where everything is kept: one Store over SQLite or PostgreSQL, people's words encrypted in its columns.

`vault` has the keys, `tables` the columns, `engine` the connections, `unit` the transaction; the other
modules keep one promise of `bot.service.ports` each.
"""
