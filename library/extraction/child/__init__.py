"""The child process: what opens the file. Without Django, and with nothing to steal.

It is given the file as its standard input and one line of JSON as its argument; it answers lines
of JSON, each one final: what was written before a limit struck is kept.
"""
