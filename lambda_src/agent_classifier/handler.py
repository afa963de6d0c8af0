"""The entry point of the classifier function: the environment is read once, at its start."""

import os

from agent_classifier.classifier import classifier_handler

handler = classifier_handler(os.environ)
