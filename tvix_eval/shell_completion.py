"""Completion of ``tvix-eval`` in shells: its subcommands, their flags, and the values of those."""

from __future__ import annotations

from tvix_eval.errors import UsageError
from tvix_eval.lints import options as lint_options
from tvix_eval.lints.catalogue import BY_NAME as LINTS
from tvix_eval.options import FLAGS, OUTPUT, Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")

SUBCOMMANDS: Final = {
    "repl": "an interactive session",
    "lint": "report what looks wrong in sources",
    "stats": "compare two documents of NIX_SHOW_STATS",
    "dap": "the debugger, for editors",
}
STATS_FLAGS: Final = [Flag(OUTPUT, "--json", "", "print JSON")]
# The flags of the subcommands that have others than the program itself.
OWN_FLAGS: Final = {"lint": lint_options.FLAGS, "stats": STATS_FLAGS}

CHOICES: Final = {
    "--allow": list(LINTS),
    "--completion": list(SHELLS),
    "--deny": list(LINTS),
    "--error-format": ["pretty", "nix", "json"],
    "--format": list(lint_options.FORMATS),
    "--lint-absolute-path-literals": ["ignore", "warn", "fatal"],
    "--lint-short-path-literals": ["ignore", "warn", "fatal"],
    "--lint-url-literals": ["ignore", "warn", "fatal"],
    "--profile-mode": ["sampled", "exact"],
    "--warn": list(LINTS),
}
# Of all other flags, the arguments that are names of files.
FILES: Final = ("FILE", "FOLDER", "STORE")
WITH_FILES: Final = ("--include",)


def completion(shell: str) -> str:
    """A completion script. Raises UsageError for a shell that has none here."""
    if shell == "bash":
        return bash()
    if shell == "zsh":
        return zsh()
    if shell == "fish":
        return fish()
    raise UsageError("there is no completion for '" + shell + "': use bash, zsh or fish")


def choices(flag: Flag) -> list[str]:
    return CHOICES.get(flag.names[0], [])


def wants_file(flag: Flag) -> bool:
    return flag.names[0] in WITH_FILES or (len(flag.arguments) == 1 and flag.arguments[0] in FILES)


def names_of(flags: list[Flag]) -> str:
    return " ".join([name for flag in flags for name in flag.names])


def bash() -> str:
    lines = [
        "_tvix_eval() {",
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" flags',
        "  COMPREPLY=()",
        '  case "$before" in',
    ]
    seen: set[str] = set()
    nothing: list[str] = []
    for flag in FLAGS + lint_options.FLAGS:
        if flag.names[0] in seen or not flag.arguments:
            continue
        seen.add(flag.names[0])
        if choices(flag):
            words = " ".join(choices(flag))
            pattern = "|".join(flag.names)
            lines.append(f'    {pattern}) COMPREPLY=($(compgen -W "{words}" -- "$word")); return ;;')
        elif not wants_file(flag):
            nothing += flag.names
    lines += [f"    {'|'.join(nothing)}) return ;;", "  esac", "  if [[ $word == -* ]]; then"]
    lines.append('    case "${COMP_WORDS[1]}" in')
    for name, flags in OWN_FLAGS.items():
        lines.append(f'      {name}) flags="{names_of(flags)}" ;;')
    lines += [
        f'      *) flags="{names_of(FLAGS)}" ;;',
        "    esac",
        '    COMPREPLY=($(compgen -W "$flags" -- "$word"))',
        "    return",
        "  fi",
        "  if [[ $COMP_CWORD == 1 ]]; then",
        f'    COMPREPLY=($(compgen -W "{" ".join(SUBCOMMANDS)}" -- "$word"))',
        "  fi",
        '  COMPREPLY+=($(compgen -f -- "$word"))',
        "}",
        "complete -o filenames -F _tvix_eval tvix-eval",
    ]
    return "\n".join(lines) + "\n"


def zsh() -> str:
    lines = [
        "#compdef tvix-eval",
        "",
        "_tvix_eval_first() {",
        f"  local -a commands=({' '.join([zsh_described(*each) for each in SUBCOMMANDS.items()])})",
        "  _describe command commands",
        "  _files",
        "}",
        "",
        "_tvix_eval() {",
        "  (( CURRENT > 2 )) && case $words[2] in",
    ]
    for name, flags in OWN_FLAGS.items():
        lines += [f"    {name})", f"      _arguments {zsh_specs(flags)} '*:file:_files'", "      return ;;"]
    lines += [
        "  esac",
        f"  _arguments {zsh_specs(FLAGS)} '1:file:_tvix_eval_first' '*:file:_files'",
        "}",
        "",
        "# Read by `source`, or found in $fpath and called.",
        'if [[ "$funcstack[1]" == _tvix-eval ]]; then _tvix_eval "$@"; else compdef _tvix_eval tvix-eval; fi',
    ]
    return "\n".join(lines) + "\n"


def zsh_described(name: str, help_text: str) -> str:
    return "'" + name + ":" + help_text + "'"


def zsh_specs(flags: list[Flag]) -> str:
    specs: list[str] = []
    for flag in flags:
        for name in flag.names:
            text = flag.help.replace("[", "(").replace("]", ")").replace("'", "").replace(":", "\\:")
            spec = f"*{name}[{text}]"
            for argument in flag.arguments:
                action = " "
                if choices(flag):
                    action = "(" + " ".join(choices(flag)) + ")"
                elif wants_file(flag):
                    action = "_files"
                spec += ":" + argument.lower() + ":" + action
            specs.append("'" + spec + "'")
    return "\\\n    " + " \\\n    ".join(specs) + " \\\n   "


def fish() -> str:
    lines = [
        f"complete -c tvix-eval -n __fish_use_subcommand -a {name} -d {fish_quoted(text)}"
        for name, text in SUBCOMMANDS.items()
    ]
    others = "not __fish_seen_subcommand_from " + " ".join(OWN_FLAGS)
    lines += [fish_line(others, flag) for flag in FLAGS]
    for name, flags in OWN_FLAGS.items():
        lines += [fish_line("__fish_seen_subcommand_from " + name, flag) for flag in flags]
    return "\n".join(lines) + "\n"


def fish_line(condition: str, flag: Flag) -> str:
    line = f"complete -c tvix-eval -n {fish_quoted(condition)}"
    for name in flag.names:
        line += " -l " + name[2:] if name.startswith("--") else " -s " + name[1:]
    if choices(flag):
        line += " -x -a " + fish_quoted(" ".join(choices(flag)))
    elif flag.arguments:
        line += " -r" if wants_file(flag) else " -x"
    return line + " -d " + fish_quoted(flag.help)


def fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
