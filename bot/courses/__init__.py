"""Adapters towards the VHS: course lists in (Open-vhs, Kufer, CSV), registrations and dates out.

An adapter in is one module with `read(file, origin, report)`: bytes in, an iterator of `Listed` out; one bad record
never stops it. All of them make a `Record`, of which `listing.py` makes the course: each rule stands in one place.
"""
