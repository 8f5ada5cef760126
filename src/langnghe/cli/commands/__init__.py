"""One module per subcommand. Adding a file adds a subcommand; see `langnghe.cli.registry` for what a module holds."""
