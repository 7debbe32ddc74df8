"""The drop-in module's columns: names and descriptions of RFC 2863's IF-MIB, interface types of IANA. Data only."""

from dataclasses import dataclass
from typing import Literal

INTERFACES, IF_X_TABLE = "1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1"
_IF, _X = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
_UCAST = "which were not addressed to a multicast or broadcast address at this sub-layer"
_MULTI = "which were addressed to a multicast address at this sub-layer"
_BROAD = "which were addressed to a broadcast address at this sub-layer"
_NUCAST = "which were addressed to a multicast or broadcast address at this sub-layer"
_IN = "The number of packets, delivered by this sub-layer to a higher (sub-)layer, "
_OUT = "The total number of packets that higher-level protocols requested be transmitted, and "
_SENT = ", including those that were discarded or not sent"
_PACKETS = "For packet-oriented interfaces, the number of "


@dataclass(frozen=True)
class IfMibColumn:
    """One object of the module; ``shape`` is how its values become samples."""

    name: str
    oid: str
    kind: Literal["counter", "gauge"]
    text: str
    shape: Literal["number", "address", "type"] = "number"
    scalar: bool = False

    @property
    def metric(self) -> str:
        """The metric's name on the page."""
        return f"{self.name}_info" if self.shape == "type" else self.name

    @property
    def help(self) -> str:
        """The metric's help as snmp_exporter's generator writes it: first sentence and OID."""
        return f"{self.text} - {self.oid}" + (" (EnumAsInfo)" if self.shape == "type" else "")


def _counter(name: str, oid: str, text: str) -> IfMibColumn:
    return IfMibColumn(name, oid, "counter", text)


def _gauge(name: str, oid: str, text: str) -> IfMibColumn:
    return IfMibColumn(name, oid, "gauge", text)


COLUMNS: tuple[IfMibColumn, ...] = (
    IfMibColumn(
        "sysUpTime",
        "1.3.6.1.2.1.1.3",
        "gauge",
        "The time (in hundredths of a second) since the network management portion of the system was last"
        " re-initialized.",
        scalar=True,
    ),
    IfMibColumn(
        "ifNumber",
        f"{INTERFACES}.1",
        "gauge",
        "The number of network interfaces (regardless of their current state) present on this system.",
        scalar=True,
    ),
    _gauge("ifIndex", f"{_IF}.1", "A unique value, greater than zero, for each interface"),
    IfMibColumn("ifType", f"{_IF}.3", "gauge", "The type of interface", "type"),
    _gauge(
        "ifMtu",
        f"{_IF}.4",
        "The size of the largest packet which can be sent/received on the interface, specified in octets",
    ),
    _gauge("ifSpeed", f"{_IF}.5", "An estimate of the interface's current bandwidth in bits per second"),
    IfMibColumn("ifPhysAddress", f"{_IF}.6", "gauge", "The interface's address at its protocol sub-layer", "address"),
    _gauge("ifAdminStatus", f"{_IF}.7", "The desired state of the interface"),
    _gauge("ifOperStatus", f"{_IF}.8", "The current operational state of the interface"),
    _gauge(
        "ifLastChange",
        f"{_IF}.9",
        "The value of sysUpTime at the time the interface entered its current operational state",
    ),
    _counter(
        "ifInOctets",
        f"{_IF}.10",
        "The total number of octets received on the interface, including framing characters",
    ),
    _counter("ifInUcastPkts", f"{_IF}.11", _IN + _UCAST),
    _counter("ifInNUcastPkts", f"{_IF}.12", _IN + _NUCAST),
    _counter(
        "ifInDiscards",
        f"{_IF}.13",
        "The number of inbound packets which were chosen to be discarded even though no errors had been detected to"
        " prevent their being deliverable to a higher-layer protocol",
    ),
    _counter(
        "ifInErrors",
        f"{_IF}.14",
        _PACKETS + "inbound packets that contained errors preventing them from being deliverable to a higher-layer"
        " protocol",
    ),
    _counter(
        "ifInUnknownProtos",
        f"{_IF}.15",
        _PACKETS + "packets received via the interface which were discarded because of an unknown or unsupported"
        " protocol",
    ),
    _counter(
        "ifOutOctets",
        f"{_IF}.16",
        "The total number of octets transmitted out of the interface, including framing characters",
    ),
    _counter("ifOutUcastPkts", f"{_IF}.17", _OUT + _UCAST + _SENT),
    _counter("ifOutNUcastPkts", f"{_IF}.18", _OUT + _NUCAST + _SENT),
    _counter(
        "ifOutDiscards",
        f"{_IF}.19",
        "The number of outbound packets which were chosen to be discarded even though no errors had been detected to"
        " prevent their being transmitted",
    ),
    _counter("ifOutErrors", f"{_IF}.20", _PACKETS + "outbound packets that could not be transmitted because of errors"),
    _gauge("ifOutQLen", f"{_IF}.21", "The length of the output packet queue (in packets)."),
    _counter("ifInMulticastPkts", f"{_X}.2", _IN + _MULTI),
    _counter("ifInBroadcastPkts", f"{_X}.3", _IN + _BROAD),
    _counter("ifOutMulticastPkts", f"{_X}.4", _OUT + _MULTI + _SENT),
    _counter("ifOutBroadcastPkts", f"{_X}.5", _OUT + _BROAD + _SENT),
    _counter(
        "ifHCInOctets",
        f"{_X}.6",
        "The total number of octets received on the interface, including framing characters",
    ),
    _counter("ifHCInUcastPkts", f"{_X}.7", _IN + _UCAST),
    _counter("ifHCInMulticastPkts", f"{_X}.8", _IN + _MULTI),
    _counter("ifHCInBroadcastPkts", f"{_X}.9", _IN + _BROAD),
    _counter(
        "ifHCOutOctets",
        f"{_X}.10",
        "The total number of octets transmitted out of the interface, including framing characters",
    ),
    _counter("ifHCOutUcastPkts", f"{_X}.11", _OUT + _UCAST + _SENT),
    _counter("ifHCOutMulticastPkts", f"{_X}.12", _OUT + _MULTI + _SENT),
    _counter("ifHCOutBroadcastPkts", f"{_X}.13", _OUT + _BROAD + _SENT),
    _gauge(
        "ifLinkUpDownTrapEnable",
        f"{_X}.14",
        "Indicates whether linkUp/linkDown traps should be generated for this interface",
    ),
    _gauge(
        "ifHighSpeed",
        f"{_X}.15",
        "An estimate of the interface's current bandwidth in units of 1,000,000 bits per second",
    ),
    _gauge(
        "ifPromiscuousMode",
        f"{_X}.16",
        "This object has a value of false(2) if this interface only accepts packets/frames that are addressed to this"
        " station",
    ),
    _gauge(
        "ifConnectorPresent",
        f"{_X}.17",
        "This object has the value 'true(1)' if the interface sublayer has a physical connector and the value"
        " 'false(2)' otherwise.",
    ),
    _gauge(
        "ifCounterDiscontinuityTime",
        f"{_X}.19",
        "The value of sysUpTime on the most recent occasion at which any one or more of this interface's counters"
        " suffered a discontinuity",
    ),
)

# Typed off the MIB's enumeration: 1 is "other", each word is the next number.
_TYPES = """other regular1822 hdh1822 ddnX25 rfc877x25 ethernetCsmacd iso88023Csmacd iso88024TokenBus iso88025TokenRing
iso88026Man starLan proteon10Mbit proteon80Mbit hyperchannel fddi lapb sdlc ds1 e1 basicISDN primaryISDN
propPointToPointSerial ppp softwareLoopback eon ethernet3Mbit nsip slip ultra ds3 sip frameRelay rs232 para arcnet
arcnetPlus atm miox25 sonet x25ple iso88022llc localTalk smdsDxi frameRelayService v35 hssi hippi modem aal5 sonetPath
sonetVT smdsIcip propVirtual propMultiplexor ieee80212 fibreChannel hippiInterface frameRelayInterconnect aflane8023
aflane8025 cctEmul fastEther isdn v11 v36 g703at64k g703at2mb qllc fastEtherFX channel ieee80211 ibm370parChan escon
dlsw isdns isdnu lapd ipSwitch rsrb atmLogical ds0 ds0Bundle bsc async cnr iso88025Dtr eplrs arap propCnls hostPad
termPad frameRelayMPI x213 adsl radsl sdsl vdsl iso88025CRFPInt myrinet voiceEM voiceFXO voiceFXS voiceEncap voiceOverIp
atmDxi atmFuni atmIma pppMultilinkBundle ipOverCdlc ipOverClaw stackToStack virtualIpAddress mpc ipOverAtm iso88025Fiber
tdlc gigabitEthernet hdlc lapf v37 x25mlp x25huntGroup transpHdlc interleave fast ip docsCableMaclayer
docsCableDownstream docsCableUpstream a12MppSwitch tunnel coffee ces atmSubInterface l2vlan l3ipvlan l3ipxvlan
digitalPowerline mediaMailOverIp dtm dcn ipForward msdsl ieee1394 if-gsn dvbRccMacLayer dvbRccDownstream dvbRccUpstream
atmVirtual mplsTunnel srp voiceOverAtm voiceOverFrameRelay idsl compositeLink ss7SigLink propWirelessP2P frForward
rfc1483 usb ieee8023adLag bgppolicyaccounting frf16MfrBundle h323Gatekeeper h323Proxy mpls mfSigLink hdsl2 shdsl ds1FDL
pos dvbAsiIn dvbAsiOut plc nfas tr008 gr303RDT gr303IDT isup propDocsWirelessMaclayer propDocsWirelessDownstream
propDocsWirelessUpstream hiperlan2 propBWAp2Mp sonetOverheadChannel digitalWrapperOverheadChannel aal2 radioMAC atmRadio
imt mvl reachDSL frDlciEndPt atmVciEndPt opticalChannel opticalTransport propAtm voiceOverCable infiniband teLink q2931
virtualTg sipTg sipSig docsCableUpstreamChannel econet pon155 pon622 bridge linegroup voiceEMFGD voiceFGDEANA voiceDID
mpegTransport sixToFour gtp pdnEtherLoop1 pdnEtherLoop2 opticalChannelGroup homepna gfp ciscoISLvlan actelisMetaLOOP
fcipLink rpr qam lmp cblVectaStar docsCableMCmtsDownstream adsl2 macSecControlledIF macSecUncontrolledIF
aviciOpticalEther atmbond voiceFGDOS mocaVersion1 ieee80216WMAN adsl2plus dvbRcsMacLayer dvbTdm dvbRcsTdma x86Laps
wwanPP wwanPP2 voiceEBS ifPwType ilan pip aluELP gpon vdsl2 capwapDot11Profile capwapDot11Bss capwapWtpVirtualRadio
bits docsCableUpstreamRfPort cableDownstreamRfPort vmwareVirtualNic ieee802154 otnOdu otnOtu ifVfiType g9981 g9982 g9983
aluEpon aluEponOnu aluEponPhysicalUni aluEponLogicalLink aluGponOnu aluGponPhysicalUni vmwareNicTeam"""
# IANAifType-MIB by number.
TYPE_NAMES: dict[int, str] = dict(enumerate(_TYPES.split(), 1))
