#!/usr/bin/env python3
"""Stands in for ``nix-instantiate --eval``: tells of the outcomes in the file $FAKE_OUTCOMES, by attribute.

A value is a path, an error that ends the process (with ``!``), ``hang``, ``crash``, or a list of names.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time


def main() -> None:
    with open(os.environ["FAKE_OUTCOMES"]) as file:
        outcomes = json.load(file)
    text = sys.stdin.read()
    listed = re.search(r"^  paths = \[ (.*) \];$", text, re.MULTILINE)
    assert listed is not None
    with open(os.environ["FAKE_OUTCOMES"] + ".starts", "a") as log:
        log.write("started\n")
    for number, path in enumerate(re.findall(r"\[ ([^]]*)\]", listed.group(1))):
        value = outcomes[".".join(re.findall(r'"([^"]*)"', path))]
        say({"begin": number})
        print("trace: some other text", file=sys.stderr)
        if value == "hang":
            time.sleep(1000)
        elif value == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif value == "eat":
            kept = []
            while True:
                kept.append(b"x" * (1 << 23))
                time.sleep(0.01)
        elif isinstance(value, str) and value.startswith("!"):
            print("error:\n       … while evaluating\n\n       error: " + value[1:], file=sys.stderr)
            sys.exit(1)
        elif isinstance(value, list):
            say({"end": number, "attrs": value})
        else:
            say({"end": number, **({"drvPath": value} if value else {})})


def say(value: object) -> None:
    print("trace: tvix-compare " + json.dumps(value), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
