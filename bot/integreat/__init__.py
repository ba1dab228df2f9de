"""Brings a region of Integreat, an information platform of German towns, into a knowledge folder of its own."""
