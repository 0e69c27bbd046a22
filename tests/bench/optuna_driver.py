#!/usr/bin/env python3
"""Lets Optuna search a job of the yardstick, through the same engine and at the same count of images.

    python3 tests/bench/optuna_driver.py tpe build/release/tests/bench/search_yardstick JOB.yaml --evaluations 120

SAMPLER is nsga2 or tpe; what follows the program are its own options (search_yardstick --help). One study a seed, its
objectives those of the job, each the mean over the platforms; constraints are told to the sampler. A point whose price
breaks a constraint is told as infeasible and costs no images. Needs Debian's python3-optuna (apt install
python3-optuna); without it the driver says so and exits with 77. The protocol: tests/bench/yardstick/point_server.h.
"""

import subprocess
import sys
import warnings

SKIPPED = 77
WORST = 2.0  # of an objective, as point_server.h bounds it
REFUSED_AT_MOST = 1000  # points in a row; then what is left of the space is out of the sampler's reach


def make_sampler(optuna, name: str, seed: int):
    def violation(trial):
        return (trial.user_attrs["violation"],)

    if name == "nsga2":
        return optuna.samplers.NSGAIISampler(population_size=20, seed=seed, constraints_func=violation)
    return optuna.samplers.TPESampler(multivariate=True, seed=seed, constraints_func=violation)


class Engine:
    """The yardstick's end of the pipe."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self) -> list[str]:
        return self.process.stdout.readline().split()

    def write(self, line: str) -> None:
        print(line, file=self.process.stdin, flush=True)


def search(optuna, sampler: str, engine: Engine, header: list[str]) -> None:
    seed, objectives = int(header[1]), int(header[3])
    choices = [int(word) for word in header[5:]]
    study = optuna.create_study(directions=["minimize"] * objectives, sampler=make_sampler(optuna, sampler, seed))
    refused_in_a_row = 0
    while refused_in_a_row < REFUSED_AT_MOST:
        trial = study.ask()
        point = [trial.suggest_categorical(f"x{i}", list(range(count))) for i, count in enumerate(choices)]
        engine.write(" ".join(["point", *map(str, point)]))
        reply = engine.read()
        if not reply or reply[0] == "spent":
            return
        trial.set_user_attr("violation", float(reply[1]))
        refused_in_a_row = refused_in_a_row + 1 if reply[0] == "refused" else 0
        study.tell(trial, [WORST] * objectives if reply[0] == "refused" else [float(word) for word in reply[2:]])
    engine.write("done")


def main() -> int:
    if len(sys.argv) < 4 or sys.argv[1] not in ("nsga2", "tpe"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        import optuna
    except ImportError:
        print("optuna_driver: skipped: Optuna is not there; install Debian's package python3-optuna", file=sys.stderr)
        return SKIPPED
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = sys.argv[1]
    engine = Engine(sys.argv[2:] + ["--serve", f"optuna-{sampler}"])
    while header := engine.read():
        search(optuna, sampler, engine, header)
    engine.process.stdin.close()
    return engine.process.wait()


if __name__ == "__main__":
    sys.exit(main())
