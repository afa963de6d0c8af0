"""The entry point of the heartbeat function: the environment is read once, at its start."""

import os

from heartbeat.heartbeat import heartbeat_handler

handler = heartbeat_handler(os.environ)
