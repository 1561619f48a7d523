"""The command line of ``nix-instantiate`` as data.

Flags are read as Nix reads them: first those that all its old commands share, among them one
for each setting, then its own. Short flags can be joined (``-vE``).
"""

from __future__ import annotations

from tvix_eval.configuration import BOOLEAN, SANDBOX, Configuration
from tvix_eval.errors import NixError, UsageError
from tvix_eval.output.rendering import JSON, NIX, RAW, XML
from tvix_eval.program import DEBUG, ERROR, VOMIT, Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SHARED: Final = {  # how many arguments they take
    "verbose": 0,
    "quiet": 0,
    "debug": 0,
    "option": 2,
    "log-format": 1,
    "max-jobs": 1,
    "no-build-output": 0,
    "keep-failed": 0,
    "keep-going": 0,
    "fallback": 0,
    "readonly-mode": 0,
    "no-gc-warning": 0,
    "store": 1,
    "arg": 2,
    "argstr": 2,
    "arg-from-file": 2,
    "arg-from-stdin": 1,
    "include": 1,
    "impure": 0,
    "override-flake": 2,
    "eval-store": 1,
    "repair": 0,
    "debugger": 0,
}
SHORT: Final = {
    "v": "verbose",
    "I": "include",
    "j": "max-jobs",
    "Q": "no-build-output",
    "K": "keep-failed",
    "k": "keep-going",
}
LOG_FORMATS: Final = ("raw", "raw-with-logs", "internal-json", "bar", "bar-with-logs", "multiline")
SANDBOXES: Final = {"sandbox": "true", "no-sandbox": "false", "relaxed-sandbox": "relaxed"}


class Request:
    """What a command line asks for. `arguments`: for each name how it was given, and the text."""

    def __init__(self) -> None:
        self.files: Final[list[str]] = []
        self.attributes: Final[list[str]] = []
        self.includes: Final[list[str]] = []
        self.arguments: Final[dict[str, tuple[str, str]]] = {}
        self.features_needed: Final[set[str]] = set()
        self.form = NIX
        self.evaluate_only = False
        self.parse_only = False
        self.find_files = False
        self.are_expressions = False
        self.read_stdin = False
        self.strict = False
        self.debugger = False
        self.location = True
        self.read_write = False
        self.read_only = False
        self.root = ""  # of the garbage collector: a link to make to what is instantiated
        self.gc_warning = True
        self.shown = ""  # "--help" or "--version": nothing else is done


class CommandLine:
    """Reads words. Settings go to `configuration` at once, the rest to `request`."""

    def __init__(self, words: list[str], configuration: Configuration, program: Program) -> None:
        self.words: Final = words.copy()
        self.at = 0
        self.configuration: Final = configuration
        self.program: Final = program
        self.request: Final = Request()

    def read(self) -> Request:
        """Raises UsageError."""
        only_arguments = False
        while self.at < len(self.words) and not self.request.shown:
            if not only_arguments:
                self.split_joined()
            word = self.words[self.at]
            if only_arguments or not word.startswith("-"):
                if not self.own(word):
                    raise UsageError("unexpected argument '" + word + "'")
            elif word == "--":
                only_arguments = True
                self.at += 1
            elif not self.shared(word) and not self.own(word):
                raise UsageError("unrecognised flag '" + word + "'")
        return self.request

    def split_joined(self) -> None:
        """``-qlf`` is ``-q -l -f``, ``-j3`` is ``-j 3``."""
        word = self.words[self.at]
        if len(word) < 3 or word[0] != "-" or not is_letter(word[1]):
            return
        parts = ["-" + word[1]]
        for place in range(2, len(word)):
            if not is_letter(word[place]):
                parts.append(word[place:])
                break
            parts.append("-" + word[place])
        self.words[self.at : self.at + 1] = parts

    def shared(self, word: str) -> bool:
        """Read a flag that is not only this command's; False if it is none."""
        if word.startswith("--"):
            name = word[2:]
        elif len(word) == 2 and word[1] in SHORT:
            name = SHORT[word[1]]
        else:
            return False
        count = SHARED.get(name)
        if count is not None:
            self.common_flag(name, self.take(word, count))
            return True
        return self.setting_flag(word, name)

    def take(self, word: str, count: int) -> list[str]:
        """The arguments of a flag, which is passed over with them."""
        given = self.words[self.at + 1 : self.at + 1 + count]
        if len(given) < count:
            raise UsageError(f"flag '{word}' requires {count} argument(s), but only {len(given)} were given")
        self.at += 1 + count
        return given

    def setting_flag(self, word: str, name: str) -> bool:
        configuration = self.configuration
        if name in SANDBOXES:
            self.at += 1
            configuration.texts["sandbox"] = SANDBOXES[name]
            return True
        setting, append = configuration.find(name)
        value = "true"
        if setting is None and name.startswith("no-"):
            setting = configuration.settings.get(name[3:])
            if setting is None or setting.kind != BOOLEAN:
                return False
            value = "false"
        if setting is None or setting.kind == SANDBOX:
            return False
        if setting.kind == BOOLEAN:
            self.at += 1
        else:
            value = self.take(word, 1)[0]
        if setting.feature:
            self.request.features_needed.add(setting.feature)
        configuration.put(setting, value, append)
        return True

    def common_flag(self, name: str, given: list[str]) -> None:
        program = self.program
        request = self.request
        if name == "verbose":
            program.verbosity = min(program.verbosity + 1, VOMIT)
        elif name == "quiet":
            program.verbosity = max(program.verbosity - 1, ERROR)
        elif name == "debug":
            program.verbosity = DEBUG
        elif name == "option":
            try:
                self.configuration.assign(given[0], given[1])
            except UsageError as misuse:
                program.warn(misuse.message)
        elif name == "log-format":
            if given[0] not in LOG_FORMATS:
                raise NixError("option 'log-format' has an invalid value '" + given[0] + "'")
            program.json_log = given[0] == "internal-json"
        elif name in ("max-jobs", "store"):
            self.configuration.assign(name, given[0])
        elif name == "debugger":
            request.debugger = True
        elif name == "readonly-mode":
            request.read_only = True
        elif name == "impure":
            self.configuration.texts["pure-eval"] = "false"
        elif name == "include":
            request.includes.append(given[0])
        elif name == "override-flake":
            request.features_needed.add("flakes")
        elif name == "no-gc-warning":
            request.gc_warning = False
        elif name.startswith("arg"):
            request.arguments[given[0]] = (name, given[-1])

    def own(self, word: str) -> bool:
        """Read a flag of this command or an argument; False for a flag that it does not know."""
        request = self.request
        self.at += 1
        if word in ("--help", "--version"):
            request.shown = word
        elif word == "-":
            request.read_stdin = True
        elif word in ("--expr", "-E"):
            request.are_expressions = True
        elif word in ("--eval", "--eval-only"):
            request.evaluate_only = True
        elif word in ("--parse", "--parse-only"):
            request.parse_only = request.evaluate_only = True
        elif word == "--find-file":
            request.find_files = True
        elif word in ("--attr", "-A"):
            request.attributes.append(self.argument(word))
        elif word == "--read-write-mode":
            request.read_write = True
        elif word == "--add-root":
            request.root = self.argument(word)
            request.gc_warning = False
        elif word in ("--raw", "--xml", "--json"):
            request.form = {"--raw": RAW, "--xml": XML, "--json": JSON}[word]
        elif word == "--no-location":
            request.location = False
        elif word == "--strict":
            request.strict = True
        elif word.startswith("-"):
            self.at -= 1
            return word in ("--indirect", "--dry-run") and self.skip()
        else:
            request.files.append(word)
        return True

    def skip(self) -> bool:
        """Pass over a flag that changes nothing for an evaluation."""
        self.at += 1
        return True

    def argument(self, word: str) -> str:
        if self.at >= len(self.words):
            raise UsageError("'" + word + "' requires an argument")
        self.at += 1
        return self.words[self.at - 1]


def is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()
