"""`make handout`: the whole course to read and to print, one HTML file and a PDF: text, formulas and figures, no
solutions.
"""
