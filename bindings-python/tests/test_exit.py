"""Programs that end in the middle of an exchange, again and again."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from simulator import Simulator

TIMES, SOME_TIMES, AT_ONCE = 50, 16, 4
# Far more than an end takes, and less than a hanging exchange.
PATIENCE = 30

# Every program has an `endpoint`, `the_request`, which is set when the first request is about to be sent, and
# a provider whose exchanges hang.
BEGIN = """
import logging, sys, threading, time
from trusted_profile import TokenProvider
from trusted_profile.errors import DeadlineExceededError

class Watch(logging.Handler):
    def emit(self, record):
        the_request.set()

endpoint, transport, seed = sys.argv[1:]
the_request = threading.Event()
logging.getLogger("trusted_profile").setLevel(logging.DEBUG)
logging.getLogger("trusted_profile").addHandler(Watch())
logging.getLogger("trusted_profile").propagate = False
policy = {"link_local": {"connect": 1, "attempt": 60, "round": 600}}
tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport, policy=policy)

def some_time():
    # The end comes at another moment each time.
    time.sleep(int(seed) / 5000)
"""

DAEMON = """
threading.Thread(target=tokens.token, daemon=True).start()
the_request.wait()
some_time()
"""

PROGRAMS = {
    "a daemon thread waits": DAEMON,
    "many daemon threads wait": """
for _ in range(8):
    threading.Thread(target=tokens.token, daemon=True).start()
the_request.wait()
some_time()
""",
    "a daemon thread asks all the time": """
def ask():
    while True:
        try:
            tokens.token(timeout=0.001)
        except Exception:
            pass
threading.Thread(target=ask, daemon=True).start()
the_request.wait()
some_time()
""",
    "a task's exchange is under way": """
import asyncio
async def main():
    asking = asyncio.create_task(tokens.token_async())
    while not the_request.is_set():
        await asyncio.sleep(0)
asyncio.run(main())
some_time()
""",
    "threads are told errors all the time": """
tokens = TokenProvider.vpc_instance(endpoint="http://127.0.0.1:9", policy={"max_attempts": 1, "cooldown": 600})
def ask():
    while True:
        try:
            tokens.token(timeout=5)
        except Exception:
            pass
for _ in range(4):
    threading.Thread(target=ask, daemon=True).start()
some_time()
""",
    "a caller gave up": """
try:
    tokens.token(timeout=0.01)
except DeadlineExceededError:
    pass
""",
    "sys.exit": DAEMON + "sys.exit(3)",
    "sys.exit in a task": """
import asyncio
async def main():
    asking = asyncio.create_task(tokens.token_async())
    while not the_request.is_set():
        await asyncio.sleep(0)
    sys.exit(3)
asyncio.run(main())
""",
    "a callback hangs": """
def callback():
    the_request.set()
    time.sleep(600)
tokens = TokenProvider.external(callback)
threading.Thread(target=tokens.token, daemon=True).start()
the_request.wait()
some_time()
""",
    "an asynchronous callback hangs": """
import asyncio
async def callback():
    the_request.set()
    await asyncio.sleep(600)
tokens = TokenProvider.external(callback)
threading.Thread(target=tokens.token, daemon=True).start()
the_request.wait()
some_time()
""",
}

OFTEN = ("a daemon thread waits", "a task's exchange is under way")


@pytest.fixture
def silent(simulator: Simulator) -> Simulator:
    simulator.fault("metadata", {"kind": "hang"})
    return simulator


def end_often(program: str, endpoint: str, transport: str, status: int = 0, times: int = SOME_TIMES) -> None:
    def end(seed: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", "-c", program, endpoint, transport, str(seed)]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = list(pool.map(end, range(times)))
    bad = [(ended.returncode, ended.stderr) for ended in ends if (ended.returncode, ended.stderr) != (status, "")]
    assert not bad, f"{len(bad)} of {times}, such as {bad[0]}"


@pytest.mark.parametrize("situation", PROGRAMS)
def test_the_end_while(silent: Simulator, situation: str) -> None:
    times = TIMES if situation in OFTEN else SOME_TIMES
    end_often(BEGIN + PROGRAMS[situation], silent.metadata_url, "native", status=3 if "sys.exit" in situation else 0, times=times)


@pytest.mark.parametrize("situation", ["a daemon thread waits", "a task's exchange is under way"])
def test_the_end_with_the_transport_in_python_while(silent: Simulator, situation: str) -> None:
    end_often(BEGIN + PROGRAMS[situation], silent.metadata_url, "python")


def test_the_end_while_a_name_was_looked_up() -> None:
    simulator = Simulator("--allow-host", "localhost")
    try:
        simulator.fault("metadata", {"kind": "hang"})
        end_often(BEGIN + DAEMON, simulator.metadata_url.replace("127.0.0.1", "localhost"), "native")
    finally:
        simulator.close()


def test_the_end_while_a_thread_of_the_program_waits(simulator: Simulator) -> None:
    """Programs wait for their threads, so it gets its token."""
    simulator.fault("metadata", {"kind": "latency", "ms": 20})
    program = "threading.Thread(target=lambda: print(tokens.token().generation)).start()\nthe_request.wait()\nsome_time()"
    end_often(BEGIN + program, simulator.metadata_url, "native")
    assert simulator.exchanges() == SOME_TIMES


def test_the_end_while_a_transport_of_the_program_hangs(silent: Simulator) -> None:
    program = f"""{BEGIN}
def transport(exchange):
    the_request.set()
    time.sleep(600)
tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport)
{DAEMON}"""
    end_often(program, silent.metadata_url, "native", times=4)


def test_what_is_to_be_done_at_the_end_has_its_token(simulator: Simulator) -> None:
    program = "import atexit\natexit.register(lambda: tokens.token(timeout=20))"
    end_often(BEGIN + program, simulator.metadata_url, "native", times=4)
    assert simulator.exchanges() == 4


def test_the_end_after_a_thread_that_threading_does_not_know(simulator: Simulator) -> None:
    """It is the first to import it, and has ended when the interpreter looks for its main thread."""
    program = """
import sys, _thread
from trusted_profile import TokenProvider
def ask():
    try:
        tokens.token(timeout=20)
    finally:
        done.release()
tokens = TokenProvider.vpc_instance(endpoint=sys.argv[1])
done = _thread.allocate_lock()
done.acquire()
_thread.start_new_thread(ask, ())
done.acquire()
while _thread._count():
    pass
"""
    end_often(program, simulator.metadata_url, "native", times=4)
    assert simulator.exchanges() == 4
