"""Start the command line: ``gateway`` and ``python -m gateway``."""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with its code."""
    from gateway.cli.main import gateway

    gateway.main(prog_name="gateway")


if __name__ == "__main__":
    main()
