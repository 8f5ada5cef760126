"""The app of the room `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The append-only proof of every act."""

    name = "langnghe.ledger"
    label = "ledger"
