"""The Chalice app: registers every door, every job and the operator's commands, by three maps; no logic."""

from chalice.app import Chalice

from chalicelib.handlers import door as of_doors
from chalicelib.handlers import doors, jobs
from chalicelib.handlers.collector import rest_collector
from chalicelib.handlers.log import collect_lines
from chalicelib.handlers.operator import commands

rest_collector()
collect_lines()
app = Chalice(app_name="casilla", configure_logs=False)  # `handlers.log` does
app.api.binary_types.extend(of_doors.FORM_WITH_FILES)
app.register_middleware(doors.without_body, "http")
app.register_middleware(doors.in_own_words, "http")
for door in doors.DOORS:
    doors.register(app, door)
globals().update({job.name: jobs.register(app, job) for job in jobs.JOBS})  # Lambda looks for each by its name here
operator = commands.register(app)  # and for this one as well
