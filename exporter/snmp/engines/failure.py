"""Why a device was not read: a reason from a closed list (it becomes a label) and a sentence for a person."""

from enum import StrEnum


class Reason(StrEnum):
    """Every way a poll can fail; the value is the label ``reason`` of ``lebarpita_snmp_failure``."""

    TIMEOUT = "timeout"
    NO_AGENT = "no_agent"
    WRONG_COMMUNITY = "wrong_community"
    UNKNOWN_USER = "unknown_user"
    WRONG_KEY = "wrong_key"
    WRONG_PRIVACY_KEY = "wrong_privacy_key"
    WRONG_LEVEL = "wrong_level"
    AUTHENTICATION = "authentication"
    NOT_SNMP = "not_snmp"
    BAD_ANSWER = "bad_answer"
    AGENT_ERROR = "agent_error"
    ENDLESS = "endless"
    DEADLINE = "deadline"
    DNS = "dns"
    CREDENTIAL = "credential"
    NETWORK = "network"


class SnmpFailure(Exception):
    """A device could not be read; ``reason`` for metrics, the message for people. Never holds a secret."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TooBigError(Exception):
    """The request, or the answer to it, is more than the agent or the engine can carry: ask for less at once."""


class ErrorStatusError(TooBigError):
    """The agent answered with an error of its own (genErr and the like): asked for less, it may answer the rest."""
