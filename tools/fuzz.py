"""Fuzz the protocols' codecs, guided by coverage (atheris): `tools/fuzz.py [PROTOCOL ...] [--seconds S] [--runs N]`.

What must hold stands in tests/fuzz/harness.py, what is fuzzed in tests/fuzz/targets.py; the inputs that broke
something are kept in the folder that --keep names, and the exit status tells that there are any.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

#: Bounds of one input: bytes, seconds, and the whole process's memory in MiB.
LONGEST, PATIENCE_S, MEMORY_MIB = 4096, 10, 1024
#: What is put into inputs as a whole: elements, names and codes of the seeds, so many at most.
WORD, WORDS = re.compile(rb"</?[\w:.]{2,40}>|[A-Za-z][\w-]{2,24}"), 400


def fuzz(protocol: str, keep: Path, *, runs: int, seconds: int) -> None:
    """Fuzz one protocol in this process; does not return."""
    import atheris

    with atheris.instrument_imports(include=["anlan.protocols"]):
        from tests.fuzz.harness import check, corpus
        from tests.fuzz.targets import TARGETS
    target = TARGETS[protocol]
    folder = Path(tempfile.mkdtemp(prefix=f"anlan-fuzz-{protocol}-"))
    for number, seed in enumerate(corpus(target)):
        (folder / str(number)).write_bytes(seed)
    words = {word for seed in corpus(target) for word in WORD.findall(seed)}
    dictionary = folder.with_suffix(".dict")
    dictionary.write_text("".join(f'"{_quoted(word)}"\n' for word in sorted(words)[:WORDS]), "ascii")
    options = {
        **({"dict": dictionary} if words else {}), "runs": runs, "max_total_time": seconds, "max_len": LONGEST, "timeout": PATIENCE_S,
        "rss_limit_mb": MEMORY_MIB, "print_final_stats": 1, "artifact_prefix": f"{keep}/{protocol}-",
    }  # fmt: skip
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(folder)], lambda data: check(target, data))
    atheris.Fuzz()


def _quoted(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def report(protocol: str, keep: Path, *, runs: int, seconds: int) -> bool:
    """Fuzz one protocol in a process of its own and print one line; whether nothing broke."""
    started = time.monotonic()
    command = [sys.executable, __file__, protocol, "--alone", "--keep", str(keep), "--runs", str(runs), "--seconds", str(seconds)]  # fmt: skip
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    log = said.stdout.decode("utf-8", "replace")
    (keep / f"{protocol}.log").write_text(log, "utf-8")
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", log))
    coverage = re.findall(r"cov: (\d+) ft: (\d+)", log)[-1:] or [("?", "?")]
    print(
        f"{protocol:<8} {int(stats.get('number_of_executed_units', 0)):>11,} inputs in "
        f"{time.monotonic() - started:6.0f} s, coverage {coverage[0][0]} (features {coverage[0][1]}), "
        f"at most {stats.get('peak_rss_mb', '?')} MiB: {'nothing broke' if not said.returncode else 'BROKEN'}",
        flush=True,
    )
    if said.returncode:
        print("\n".join(line for line in log.splitlines()[-60:] if "Error" in line or "Test unit" in line), flush=True)
    return not said.returncode


def main() -> int:
    """Fuzz the protocols that are named, or all, one after the other."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("protocols", nargs="*", metavar="PROTOCOL", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs a protocol (default 1,000,000)")
    parser.add_argument("--seconds", type=int, default=3600, help="at most so long for each (default an hour)")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "anlan-fuzz", help="where findings go"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    names = options.protocols or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such protocol: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    broken = [name for name in names if not report(name, options.keep, runs=options.runs, seconds=options.seconds)]
    return bool(broken)


def alone() -> None:
    """The process that `report` starts."""
    protocol, *rest = [argument for argument in sys.argv[1:] if argument != "--alone"]
    said = dict(zip(rest[::2], rest[1::2], strict=True))
    fuzz(protocol, Path(said["--keep"]), runs=int(said["--runs"]), seconds=int(said["--seconds"]))


if __name__ == "__main__":
    if "--alone" in sys.argv:
        alone()
    else:
        sys.exit(main())
