"""``python -m trusted_profile doctor`` and ``token``, for the source that the surroundings name."""

from __future__ import annotations

import argparse
import json
import sys

from . import TokenProvider, TrustedProfileError, diagnose

# The exit codes of the command line program, by kind of failure.
_EXIT_CODES = {"configuration": 78, "local": 66, "unreachable": 69, "refused": 77, "service": 75, "internal": 70}


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line, and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m trusted_profile", description="IAM tokens by trusted profiles.")
    parser.add_argument("--service", default="trusted-profile", help="whose settings are read (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    token = commands.add_parser("token", help="prints a token; whoever reads it can act as this program")
    token.add_argument("--header", action="store_true", help="as `Authorization: Bearer ...`")
    token.add_argument("--timeout", type=float, metavar="SECONDS", help="how long it may take")
    doctor = commands.add_parser("doctor", help="says what stands between this program and its token")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args(arguments)
    return _doctor(given) if given.command == "doctor" else _token(given)


def _doctor(given: argparse.Namespace) -> int:
    report = diagnose(given.service)
    print(json.dumps(report.facts, indent=2) if given.json else str(report).rstrip("\n"))
    return 0 if report.is_well else 1


def _token(given: argparse.Namespace) -> int:
    try:
        with TokenProvider.from_environment(given.service) as tokens:
            token = tokens.token(given.timeout)
    except TrustedProfileError as error:
        print(error, file=sys.stderr)
        return _EXIT_CODES.get(str(error.kind), 70)
    print(f"Authorization: {token.authorization}" if given.header else token.value)
    return 0


if __name__ == "__main__":
    sys.exit(main())
