"""What the package costs, beside IBM's ``ibm-cloud-sdk-core`` in the same run. ``make bench-python`` runs it.

    stub         the services, as fast as can be, in a process of their own
    sides        a fresh virtual environment for each side, with nothing else in it
    starts       whole processes: import, and start to first token
    inside       processes that measure themselves: they run what is in ``programs``
    machine      what ran it, and how fast that is
    budgets      what ``--check`` holds
    page         the table, for people
"""

from __future__ import annotations

Results = dict[str, dict[str, list[float]]]
"""By figure and side (``ours``, ``peer``, ``bare``): every sample. Names say the unit where it is not milliseconds."""
