"""The usual datagrams of a batch that are not of the stream their address says: by another socket, or begun anew.

Columns in, the same with those rows moved to their own group or made odd (-1) out. A batch in which each stream goes on
costs a comparison of columns each.
"""

import numpy as np

from exporter.flows.account.beginnings import StreamHead, begins_anew
from exporter.flows.account.template_groups import TemplateGroup, plain_template
from exporter.flows.decode.batches import DatagramBatch, DatagramHeads, Integers

# v5 has neither templates nor a stamp.
_V9, _PORT_BITS = 9, 16


def by_socket(batch: DatagramBatch, groups: list[TemplateGroup], group: Integers) -> None:
    """Move datagrams to the group of their socket where it has a domain of its own; odd where it is not known yet."""
    if batch.ports is None or not groups:
        return
    one_port = [next(iter(g.domain.ports)) if len(g.domain.ports) == 1 else -1 for g in groups]
    usual = np.array([-2 if g.domain.version < _V9 else port for g, port in zip(groups, one_port, strict=True)])[group]
    rows = np.flatnonzero((group >= 0) & (usual != batch.ports) & (usual != -2) & (batch.ports > 0))
    if not len(rows):
        return
    # Once for each group and port, not for each datagram.
    pairs, inverse = np.unique((group[rows] << _PORT_BITS) | batch.ports[rows], return_inverse=True)
    for place, pair in enumerate(pairs.tolist()):
        number, port = pair >> _PORT_BITS, pair & ((1 << _PORT_BITS) - 1)
        if port not in groups[number].domain.ports:
            group[rows[inverse == place]] = _group_of_socket(groups, number, port)


def beginnings(heads: DatagramHeads, groups: list[TemplateGroup], group: Integers, now: float) -> None:
    """Datagrams that begin their stream anew are odd from now on."""
    domains = {id(g.domain): g.domain for g in groups if g.domain.version >= _V9}
    if not domains:
        return
    number = {identity: place for place, identity in enumerate(domains)}
    domain_of_row = np.array([*(number.get(id(g.domain), -1) for g in groups), -1])[group]
    rows = np.flatnonzero(domain_of_row >= 0)
    if len(domains) > 1:
        rows = rows[np.argsort(domain_of_row[rows], kind="stable")]
    stamp, sequence, owner = heads.stamp[rows], heads.sequence[rows], domain_of_row[rows]
    first = np.concatenate(([True], owner[1:] != owner[:-1]))[: len(rows)]
    last = [d.head or StreamHead(-1, -1) for d in domains.values()]
    before = np.array([head[:2] for head in last])[owner[first]]
    stamps, sequences = (np.concatenate(([0], column[:-1]))[: len(rows)] for column in (stamp, sequence))
    stamps[first], sequences[first] = before[:, 0], before[:, 1]
    # An exporter that goes on never falls, in milliseconds (v9) or records (IPFIX); few rows have to be looked at.
    # A number of 0 twice may be a first datagram, again.
    again = (sequence == 0) & (sequences == 0)
    falls = np.where(heads.version[rows] == _V9, stamp < stamps, (sequence < sequences) | again)
    for place in np.flatnonzero(falls).tolist():
        row, when = int(rows[place]), last[owner[place]].when if first[place] else now
        earlier = StreamHead(int(stamps[place]), int(sequences[place]), when)
        if begins_anew(int(heads.version[row]), earlier, StreamHead(int(stamp[place]), int(sequence[place]), now)):
            group[row] = -1


def _group_of_socket(groups: list[TemplateGroup], number: int, port: int) -> int:
    """The place of the group of a socket's own domain, new or not; -1 where there is none or it has no template."""
    usual = groups[number]
    domain = usual.exporter.sockets.get((usual.domain.version, usual.domain.number, port))
    template = None if domain is None else plain_template(domain, usual.number)
    if domain is None or template is None:
        return -1
    groups.append(TemplateGroup(usual.exporter, domain, usual.number, template, domain.samplers))
    return len(groups) - 1
