"""The subcommand ``avss demo``. Imports stand inside it, so that ``avss --help`` answers at once."""

import argparse

from avss.commands.weights import USUAL


def add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``avss``."""
    parser = commands.add_parser("demo", help="show a page on which videos are separated, seen and heard")
    parser.add_argument("--weights", default=USUAL, help="model of the package, or run folder (%(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to answer on (%(default)s: this machine only)")
    parser.add_argument("--port", type=int, help="port to answer on (the first free one from 7860 on)")
    parser.add_argument("--megabytes", type=int, default=500, help="of an upload, at most (%(default)s)")
    parser.add_argument("--minutes", type=float, default=10, help="of a video, at most (%(default)s)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps or auto (%(default)s)")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; -1 uses every core (%(default)s)")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    from avss.demo.desk import Work
    from avss.demo.limits import Limits
    from avss.demo.server import Address, serve
    from avss.devices import check_device
    from avss.inference.shipped import find_weights

    check_device(options.device, numbered=True)
    work = Work(find_weights(options.weights), options.device, options.jobs)
    serve(work, Address(options.host, options.port), Limits(options.megabytes, options.minutes))
