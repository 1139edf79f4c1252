"""Start the command line: ``gateway`` and ``python -m gateway``."""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with its code."""
    import gc

    # A run makes millions of small objects and hardly any cycle; by default the collector would look through all that
    # live after every 700 new ones, which costs an eighth of a delivery.
    gc.set_threshold(100_000, 50, 100)
    from gateway.cli.main import gateway

    gateway.main(prog_name="gateway")


if __name__ == "__main__":
    main()
