"""Libraries that speak a protocol on the loop and call plain functions of the project there: asyncssh, aiortc."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_SSH = (
    "SSHServer",
    "SSHClient",
    "SSHServerSession",
    "SSHClientSession",
    "SSHTCPSession",
    "SSHUNIXSession",
    "SFTPServer",
)
_EMITTER = "aiortc._Emitter"
_EMITTERS = (
    "RTCPeerConnection",
    "RTCDataChannel",
    "MediaStreamTrack",
    "RTCIceTransport",
    "RTCIceGatherer",
    "RTCDtlsTransport",
    "RTCSctpTransport",
)

FRAMEWORK = Framework(
    name="connections",
    classes={_EMITTER: (), **{f"aiortc.{name}": (_EMITTER,) for name in _EMITTERS}},
    aliases={
        "aiortc.rtcpeerconnection.RTCPeerConnection": "aiortc.RTCPeerConnection", "aiortc.rtcdatachannel.RTCDataChannel": "aiortc.RTCDataChannel",
        "aiortc.mediastreams.MediaStreamTrack": "aiortc.MediaStreamTrack",
    },
    registrations=(
        # What an event brings is a channel or a track, to which listeners are added in turn.
        Registration(tuple(f"{_EMITTER}.{name}" for name in ("on", "once")), "event", LOOP, path=("event", 0), label="{path}",
                     passes=(_EMITTER,)),
        Registration(tuple(f"{_EMITTER}.{name}" for name in ("on", "once", "add_listener")), "event", LOOP, arg=("f", 1), path=("event", 0),
                     label="{path}", passes=(_EMITTER,)),
    ),
    subclasses=tuple(SubclassMethods(f"asyncssh.{name}", "protocol", (("*", LOOP),)) for name in _SSH),
)  # fmt: skip
