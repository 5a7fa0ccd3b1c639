"""A recorded set of requests, and the means to play it on two revisions: what a change of shape must not change.

`make replay BASE=<revision>` plays `requests.json` on that revision and on this tree, and names every answer, e-mail,
item and object that differs. `record.py` made the recording, by the ways people, institutions and workers go.
"""
