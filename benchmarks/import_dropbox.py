"""Images/s from a Dropbox link, next to the same pictures from Google Drive in the same run."""

from import_drive import FOLDER, Run, fresh_folder, run_import, run_pixharbor
from make_tree import make_tree
from options import Options, read_options
from processes import running_drive, running_dropbox
from report import Table, median, print_table, spread, verdict

AIM = 0.8


def measure(options: Options) -> Table:
    """Import from both in turns, `rounds` times each."""
    tree = make_tree(options)
    runs: dict[str, list[Run]] = {"Google Drive": [], "Dropbox": []}
    with running_drive(tree) as drive, running_dropbox(tree) as dropbox:
        for _ in range(options.rounds):
            folder = fresh_folder(options.work)
            runs["Google Drive"].append(run_pixharbor(drive, folder, options.count))
            folder, link = fresh_folder(options.work), dropbox.link(FOLDER)
            runs["Dropbox"].append(
                run_import(dropbox, dropbox.settings, link, folder, options.count)
            )
    return _table(options, runs)


def _table(options: Options, runs: dict[str, list[Run]]) -> Table:
    count = options.count
    rates = {name: [count / run.seconds for run in each] for name, each in runs.items()}
    drive = median(rates["Google Drive"])
    rows = []
    for name, each in runs.items():
        rate = median(rates[name])
        cpu = median([run.cpu for run in each]) / count * 1e6
        server = median([run.server_cpu for run in each]) / count * 1e6
        told = f"{rate / drive:.2f}"
        rows.append(
            (name, f"{rate:,.0f}", spread(rates[name]), told, f"{cpu:.0f}", f"{server:.0f}")
        )
    ratio = median(rates["Dropbox"]) / drive
    return Table(
        f"Import of {count:,} pictures from Dropbox (emulated) next to Google Drive (emulated)",
        f"python benchmarks/import_dropbox.py {options.text}",
        ("from", "images/s (median)", "all runs", "÷ Google Drive", "own CPU µs/image",
         "source server's CPU µs/image"),
        rows,
        [verdict(ratio >= AIM, f"Aim ≥ {AIM:.0%} of the rate from Google Drive")],
    )  # fmt: skip


if __name__ == "__main__":
    print_table(measure(read_options(__doc__)))
