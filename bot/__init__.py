"""Lotse, a chatbot for newcomers: `cli` and `app` join the adapters (`channels` to newcomers, `staff` to
the desk, `courses` to the VHS, `storage` to the database, `operations` to whoever runs it) to the use cases
in `service`, which rest on the pure packages `dialogue` (what is said), `understanding` (what was meant),
`knowledge` (what is known), `i18n` and `markup` (how it is worded and shown) and `domain` (the nouns)."""
