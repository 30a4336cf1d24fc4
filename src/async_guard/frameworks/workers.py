"""Workers of task queues that a project configures: arq and saq run jobs on their loop, and a hook when the worker starts and stops."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, STARLETTE, Framework, Registration, Settings

_ARQ_CALLS = ("arq.run_worker", "arq.worker.run_worker", "arq.worker.create_worker")
_ARQ = ("arq.Worker", "arq.worker.Worker")
_ARQ_HOOKS = (
    ("on_startup", "lifespan"), ("on_shutdown", "lifespan"), ("on_job_start", "hook"), ("on_job_end", "hook"), ("after_job_end", "hook"),
)  # fmt: skip
_SAQ = ("saq.Worker", "saq.worker.Worker")
_SAQ_HOOKS = (("startup", "lifespan"), ("shutdown", "lifespan"), ("before_process", "hook"), ("after_process", "hook"))

FRAMEWORK = Framework(
    name="workers",
    classes={},
    aliases={},
    registrations=(
        # All of them are coroutine functions.
        Registration(("arq.cron", "arq.cron.cron"), "scheduled", LOOP, arg=("coroutine", 0), beside=True),
        Registration(("arq.func", "arq.worker.func"), "worker_task", LOOP, arg=("coroutine", 0), beside=True),
        Registration(_ARQ, "worker_task", LOOP, arg=("functions", 0), beside=True),
        Registration(_ARQ_CALLS, "worker_task", LOOP, arg=("functions", None), beside=True),
        *(Registration((*_ARQ, *_ARQ_CALLS), kind, LOOP, arg=(name, None), label=name, beside=True) for name, kind in _ARQ_HOOKS),
        # saq hands plain jobs to a thread.
        Registration(_SAQ, "worker_task", STARLETTE, arg=("functions", 1), beside=True),
        Registration(("saq.CronJob", "saq.job.CronJob"), "scheduled", STARLETTE, arg=("function", 0), beside=True),
        *(Registration(_SAQ, kind, STARLETTE, arg=(name, None), label=name, beside=True) for name, kind in _SAQ_HOOKS),
    ),
    settings=(
        Settings("arq", ("functions", "cron_jobs"), (("functions", "worker_task"), *_ARQ_HOOKS)),
    ),
)  # fmt: skip
