"""The office's own commands (age, restic, rclone, rsync): words in, done or a sentence out. No shell."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from request_tracker.backup_settings import BackupPart
from request_tracker.config import secret
from request_tracker.errors import TrackerError

# A slow line may need a night for a large office's backup; what takes longer hangs.
LONGEST_SECONDS = 6 * 3600.0
# The end of what a command said: its last sentences are the reason.
_SHOWN_LETTERS = 300


def run(words: Sequence[str], part: BackupPart, *, source: Path | None = None, target: Path | None = None) -> None:
    """Run it, from ``source`` to ``target`` where they are given. Raises TrackerError with what the command said."""
    try:
        with (source or Path(os.devnull)).open("rb") as content, (target or Path(os.devnull)).open("wb") as result:
            done = subprocess.run(
                list(words),
                stdin=content,
                stdout=result,
                stderr=subprocess.PIPE,
                env={**os.environ, **_environment(part)},
                timeout=LONGEST_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise TrackerError(f"{words[0]}: took longer than {LONGEST_SECONDS / 3600:g} hours and was ended") from error
    except OSError as error:
        raise TrackerError(f"{words[0]}: cannot be run: {error.strerror}; install it, or change backup:") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-_SHOWN_LETTERS:]
        raise TrackerError(f"{words[0]}: ended with code {done.returncode}: {said or 'it said nothing'}")


def filled(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The words with what stands in braces filled in; other braces are the command's own."""
    made = list(words)
    for name, value in values.items():
        made = [word.replace(f"{{{name}}}", value) for word in made]
    return made


def _environment(part: BackupPart) -> dict[str, str]:
    return {
        name: secret(value) if value.startswith(("env:", "file:")) else value
        for name, value in part.environment.items()
    }
