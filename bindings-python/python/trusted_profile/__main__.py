"""``python -m trusted_profile doctor`` and ``token``, for the source that the surroundings name."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys

from . import TokenProvider, TrustedProfileError, __version__, diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

# The exit codes of the command line program: by kind of failure, and of output that nobody takes.
_EXIT_CODES = {"configuration": 78, "local": 66, "unreachable": 69, "refused": 77, "service": 75, "internal": 70}
_SETTINGS = """\
The settings of service `my-service` are MY_SERVICE_AUTH_TYPE (vpc, container, iam, iamassume), ..._AUTH_URL,
..._IAM_PROFILE_ID, ..._IAM_PROFILE_CRN, ..._IAM_PROFILE_NAME, ..._CR_TOKEN_FILENAME and ..._APIKEY, in the environment
or a credential file. Those of no service in particular begin with TRUSTED_PROFILE_. Without any, a pod or Code
Engine uses its token file, and any other machine asks the instance metadata service.
"""
_UNWELL, _CANNOT_WRITE, _NOBODY_READS = 1, 74, 141


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line, and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m trusted_profile",
        description="IAM tokens by trusted profiles, for the source that the environment, a credential file or this machine names.",
        epilog=_SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--service", default="trusted-profile", help="whose settings are read (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    token = commands.add_parser("token", help="prints a token; whoever reads it can act as this program")
    token.add_argument("--header", action="store_true", help="as `Authorization: Bearer ...`")
    token.add_argument("--timeout", type=seconds, metavar="SECONDS", help="how long it may take")
    doctor = commands.add_parser("doctor", help="says what stands between this program and its token")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args(arguments)
    return _doctor(given) if given.command == "doctor" else _token(given)


def _doctor(given: argparse.Namespace) -> int:
    report = diagnose(given.service)
    written = _write(sys.stdout, json.dumps(report.facts, indent=2) if given.json else str(report))
    if written or report.is_well:
        return written
    error = report.facts["error"]
    return _UNWELL if error is None else _EXIT_CODES.get(error["kind"], _EXIT_CODES["internal"])


def _token(given: argparse.Namespace) -> int:
    try:
        with TokenProvider.from_environment(given.service) as tokens:
            token = tokens.token(given.timeout)
    except TrustedProfileError as error:
        # Not on standard output, where somebody expects a token; also if there is no other.
        _write(sys.stderr, str(error))
        return _EXIT_CODES.get(error.kind, _EXIT_CODES["internal"])
    return _write(sys.stdout, f"Authorization: {token.authorization}" if given.header else token.value)


def seconds(text: str) -> float:
    """What ``--timeout`` takes."""
    number = float(text)
    if not number >= 0:
        raise argparse.ArgumentTypeError(f"expected seconds, 0 or more, got {text}")
    return number


def _write(stream: TextIO | None, text: str) -> int:
    """Writes the lines and returns 0, or the exit code that says why they are not written."""
    if stream is None:
        # It was closed before this program began.
        return _CANNOT_WRITE
    encoding = stream.encoding or "utf-8"
    try:
        print(text.rstrip("\n").encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        # The interpreter tries once more at its end; then it shall succeed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return _NOBODY_READS if isinstance(error, BrokenPipeError) else _CANNOT_WRITE
    return 0


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # There is nothing to put in order: an interrupt ends it at once, also where native code waits.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
