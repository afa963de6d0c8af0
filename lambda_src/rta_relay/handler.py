"""The entry point of the relay function: the environment is read once, when the function starts."""

import os

from rta_relay.relay import relay_handler

handler = relay_handler(os.environ)
