"""The demonstration community of `home/data/demo_fr.json`, loaded once.

Everything in it is fictional. Dates are shifted by whole weeks so that the community seems to
live now and « mercredi » stays a Wednesday. Sheets, events, calls and watch items of the file wait
for their rooms.
"""
