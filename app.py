"""The Chalice app: registers every door and every job of the two maps; no logic."""

from chalice.app import Chalice

from chalicelib.handlers import doors, jobs
from chalicelib.handlers.collector import rest_collector
from chalicelib.handlers.log import collect_lines

rest_collector()
collect_lines()
app = Chalice(app_name="casilla", configure_logs=False)  # `handlers.log` does
app.register_middleware(doors.in_own_words, "http")
for door in doors.DOORS:
    doors.register(app, door)
globals().update({job.name: jobs.register(app, job) for job in jobs.JOBS})  # Lambda looks for each by its name here
