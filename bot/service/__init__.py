"""One function per use case, one transaction each; what they need from outside is in ports.py."""
