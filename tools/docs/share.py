"""What wheels install outside of the packages: manual pages, and completion for shells."""

from __future__ import annotations

from pathlib import Path

from tvix_eval.shell_completion import completion

from .man import page
from .programs import manuals


def files() -> dict[str, str]:
    """Their texts, by their paths below ``share``."""
    found = {f"man/man1/{manual.name}.1": page(manual) for manual in manuals()}
    found["bash-completion/completions/tvix-eval"] = completion("bash")
    found["zsh/site-functions/_tvix-eval"] = completion("zsh")
    found["fish/vendor_completions.d/tvix-eval.fish"] = completion("fish")
    return found


def write(folder: Path) -> list[Path]:
    """Write them, and return their paths."""
    made = []
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        made.append(path)
    return made
