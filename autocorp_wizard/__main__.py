"""The entry point, and the only place that picks the face: screens on a terminal, plain lines elsewhere."""


def main() -> None:
    """Run `autocorp-wizard`."""
    raise SystemExit("autocorp-wizard: no commands yet")


if __name__ == "__main__":
    main()
